package dev.macenv.env.warehouse;

import java.util.Collections;
import java.util.List;

/**
 * What differs between the scenarios: geometry, how fast humans work, and the constants in which the reference programs differ for no stated reason.
 *
 * @param id registered name
 * @param doc one sentence for people
 * @param phases for each human, the ticks of its four phases
 * @param stock how many of each type of tool there are
 * @param horizon in ticks
 * @param waitTicks see {@link Rules#waitTicks}
 * @param lateAtZero see {@link Rules#lateAtZero}
 * @param plan with which {@link Dispatch} reaches the optimum at the default settings
 */
record Scenario(
        String id,
        String doc,
        Layout layout,
        List<List<Integer>> phases,
        int stock,
        int horizon,
        int waitTicks,
        boolean lateAtZero,
        List<Errand> plan) {

    private static final List<Integer> TWENTY = List.of(20, 20, 20, 20);
    private static final List<Integer> TWENTY_LATER = List.of(27, 20, 20, 20);
    private static final List<Integer> FORTY = List.of(40, 40, 40, 40);

    static final List<Scenario> ALL = List.of(
            // Quirk Q3, section 2.10: with one human, robots wait a tick longer than elsewhere, and a tool that comes
            // just
            // when its human's work runs out is on time.
            new Scenario(
                    "wtd-s",
                    "one human, two mobile robots",
                    Layout.ONE_HUMAN,
                    List.of(TWENTY),
                    1,
                    150,
                    11,
                    false,
                    Errand.plan("000 101 200")),
            new Scenario(
                    "wtd-d",
                    "two humans, two mobile robots",
                    Layout.TWO_HUMANS,
                    Collections.nCopies(2, TWENTY_LATER),
                    2,
                    150,
                    10,
                    true,
                    Errand.plan("000 011 100 111 200 211")),
            new Scenario(
                    "wtd-t",
                    "three humans, two mobile robots",
                    Layout.THREE_HUMANS,
                    Collections.nCopies(3, FORTY),
                    3,
                    150,
                    10,
                    true,
                    Errand.plan("011 000+ 020 101+ 111+ 121 220+ 210 201")),
            new Scenario(
                    "wtd-t1",
                    "three humans, one of them faster, three mobile robots",
                    Layout.THREE_HUMANS_THREE_ROBOTS,
                    List.of(List.of(38, 38, 38, 38), List.of(38, 38, 38, 38), List.of(27, 27, 27, 27)),
                    3,
                    150,
                    10,
                    true,
                    Errand.plan("020 012 001 120 101 112 220 211 202")),
            new Scenario(
                    "wtd-b",
                    "two humans, one of them slow to begin, two mobile robots",
                    Layout.TWO_HUMANS,
                    List.of(List.of(18, 15, 15, 15), List.of(48, 18, 15, 15)),
                    2,
                    150,
                    10,
                    true,
                    Errand.plan("000 101 200 011 110 211")),
            fourHumans("wtd-e", "four humans, three mobile robots; the same as wtd-f under its older name"),
            fourHumans("wtd-f", "four humans, three mobile robots"));

    Scenario {
        phases = phases.stream().map(List::copyOf).toList();
        plan = List.copyOf(plan);
    }

    private static Scenario fourHumans(String id, String doc) {
        return new Scenario(
                id,
                doc,
                Layout.FOUR_HUMANS,
                Collections.nCopies(4, FORTY),
                4,
                300,
                10,
                true,
                Errand.plan("010 021 032 000 121 112 130 101 222 210 231 202"));
    }
}
