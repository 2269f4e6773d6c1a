/**
 * What a laboratory does to a server that it leaves running, in hours made short: here because it takes trainer, client and
 * server together.
 */
@NullMarked
package dev.macenv.endurance;

import org.jspecify.annotations.NullMarked;
