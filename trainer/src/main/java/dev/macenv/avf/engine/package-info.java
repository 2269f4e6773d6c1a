/**
 * The dense arithmetic that learning needs, behind one small interface.
 *
 * <p>Start at {@link dev.macenv.avf.engine.Engine}: about thirty operations on row-major {@link dev.macenv.avf.engine.Matrix matrices}
 * over opaque {@link dev.macenv.avf.engine.Storage}. {@link dev.macenv.avf.engine.EngineType} makes engines. Nothing here knows of
 * networks, agents or rewards; only this package may use a vendor's array library.
 */
@NullMarked
package dev.macenv.avf.engine;

import org.jspecify.annotations.NullMarked;
