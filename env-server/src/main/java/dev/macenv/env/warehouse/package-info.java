/**
 * Warehouse Tool Delivery: mobile robots and a manipulator bring tools to humans, each tool before its human runs out of work.
 *
 * <p>{@link dev.macenv.env.warehouse.Warehouse} is the world in ticks, {@link dev.macenv.env.warehouse.GoTo}, {@link dev.macenv.env.warehouse.GetTool} and
 * {@link dev.macenv.env.warehouse.Manipulation} are the macro-actions, {@link dev.macenv.env.warehouse.Scenario} holds what differs between the scenarios,
 * {@link dev.macenv.env.warehouse.WarehouseProvider} declares the ids and settings. Section numbers in comments are those of docs/environments/warehouse.md.
 */
@NullMarked
package dev.macenv.env.warehouse;

import org.jspecify.annotations.NullMarked;
