package macenv_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// output builds an example and runs it against the tests' server.
func output(t *testing.T, example string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), example)
	if said, err := exec.Command("go", "build", "-o", program, "./examples/"+example).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	said, err := exec.CommandContext(withinSeconds(t, 240), program, target(t)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return string(said)
}

func TestARandomAgentPlaysTenEpisodes(t *testing.T) {
	said := output(t, "random-agent")
	if lines := strings.Count(said, "\n"); lines != 10 {
		t.Errorf("%d lines (expected: 10)\n%s", lines, said)
	}
}

func TestTheScriptedOptimumOfBp10(t *testing.T) {
	if said := output(t, "scripted-optimum"); said != "bp-10: return 98.9 in 11 ticks\n" {
		t.Errorf("%s (expected: return 98.9 in 11 ticks)", said)
	}
}

func TestATabularQLearnerSolvesBp6(t *testing.T) {
	said := output(t, "q-learner")
	found := regexp.MustCompile(`the learned policies: return (\S+)`).FindStringSubmatch(said)
	if found == nil {
		t.Fatal(said)
	}
	if value, err := strconv.ParseFloat(found[1], 64); err != nil || value <= 95 {
		t.Errorf("%s (expected: a return above 95, both at the big box)", said)
	}
}
