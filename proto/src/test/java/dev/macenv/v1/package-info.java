/**
 * What keeps the protocol stable: its frozen shape, its naming rules, its comments. Start at {@code
 * ProtocolBaselineTest}.
 */
@NullMarked
package dev.macenv.v1;

import org.jspecify.annotations.NullMarked;
