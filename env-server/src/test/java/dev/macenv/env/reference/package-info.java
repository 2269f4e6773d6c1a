/** What tests know of the reference programs: statistics of many episodes. Start reading at {@link dev.macenv.env.reference.ReferenceStatistics}. */
@NullMarked
package dev.macenv.env.reference;

import org.jspecify.annotations.NullMarked;
