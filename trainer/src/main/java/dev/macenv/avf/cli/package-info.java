/**
 * The {@code avf} command. Commands parse, call {@code experiment} and {@code report}, and print; nothing else happens here. Nobody
 * imports this package. Start reading at {@link dev.macenv.avf.cli.Avf}.
 */
@NullMarked
package dev.macenv.avf.cli;

import org.jspecify.annotations.NullMarked;
