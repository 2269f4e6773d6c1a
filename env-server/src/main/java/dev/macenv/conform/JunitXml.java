package dev.macenv.conform;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A report in the format that continuous integration reads: a test suite for each group, a test case for each outcome. */
public final class JunitXml {
    private JunitXml() {}

    /** The report as a document. */
    public static String of(Report report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            xml.writeAttribute("name", "macenv.v1");
            Map<Group, List<Outcome>> groups = report.outcomes().stream()
                    .collect(Collectors.groupingBy(Outcome::group, TreeMap::new, Collectors.toList()));
            for (Map.Entry<Group, List<Outcome>> group : groups.entrySet()) {
                write(xml, report, group.getKey(), group.getValue());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new AssertionError("nothing is written but text, to memory", e);
        }
        return text.toString();
    }

    private static void write(XMLStreamWriter xml, Report report, Group group, List<Outcome> outcomes)
            throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", group.number() + " " + group.title());
        xml.writeAttribute("tests", String.valueOf(outcomes.size()));
        xml.writeAttribute("failures", String.valueOf(count(outcomes, Outcome.Verdict.FAILED)));
        xml.writeAttribute("skipped", String.valueOf(count(outcomes, Outcome.Verdict.SKIPPED)));
        xml.writeAttribute("errors", "0");
        xml.writeStartElement("properties");
        property(xml, "server", report.server());
        property(xml, "seed", String.valueOf(report.seed()));
        xml.writeEndElement();
        for (Outcome outcome : outcomes) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", "macenv.v1." + group.name().toLowerCase(Locale.ROOT));
            xml.writeAttribute(
                    "name",
                    outcome.check() + (outcome.environment().isEmpty() ? "" : " [" + outcome.environment() + "]"));
            xml.writeAttribute(
                    "time", String.format(Locale.ROOT, "%.3f", outcome.took().toNanos() / 1e9));
            switch (outcome.verdict()) {
                case PASSED -> {}
                case FAILED -> {
                    xml.writeStartElement("failure");
                    xml.writeAttribute(
                            "message",
                            plain(outcome.detail().lines().findFirst().orElse("")));
                    xml.writeCharacters(plain(outcome.detail()));
                    xml.writeEndElement();
                }
                case SKIPPED -> {
                    xml.writeStartElement("skipped");
                    xml.writeAttribute("message", plain(outcome.detail()));
                    xml.writeEndElement();
                }
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void property(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeStartElement("property");
        xml.writeAttribute("name", name);
        xml.writeAttribute("value", plain(value));
        xml.writeEndElement();
    }

    private static long count(List<Outcome> outcomes, Outcome.Verdict verdict) {
        return outcomes.stream().filter(one -> one.verdict() == verdict).count();
    }

    /** XML has no place for control characters, and a wrong server may have sent some. */
    private static String plain(String text) {
        return text.replaceAll("[^\\t\\n\\x20-\\uD7FF\\uE000-\\uFFFD]", "\uFFFD");
    }
}
