package runtime_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// pitfalls are what users of such systems really ran into, each with the rule that follows and the tests that hold it, by their folders. Peers
// are programs that keep credentials or run plugins; users are those of vendors' tokens. The numbers are those of the list in which the public
// threads stand. Rules about packaging, speed and platforms stand here where a test names them.
var pitfalls = []struct {
	rule  string
	tests string
}{
	{"peers 1: every class of failure passes one gate with back-off and a durable budget, and a success that is of no use resets nothing",
		"internal/credential.TestStorms internal/credential.TestBackOff internal/credential.TestUselessCalls internal/credential.TestCrashLoop " +
			"internal/credential.TestPluginFaultsBackOff TestRestartLoop"},
	{"peers 2: one transient error does not end renewal, which is tried until the real expiry, and leaves the last unit of a budget",
		"internal/credential.TestFailureWhileItLives internal/credential.TestQuotaKeepsTheLastForTheDead TestKeepThroughADayWithoutVendor"},
	{"peers 3: plan, validate, status and output never call a vendor, and a second acquire may kill the first token",
		"TestPlanIsWhatApplyDoes TestPlanOfWhatFails internal/credential.TestLook internal/credential.TestFight"},
	{"peers 4: a refused token is replaced once for all who report it, and dropped only after the new one is stored",
		"internal/credential.TestRefusedToken internal/credential.TestUselessCalls internal/credential.TestStorms TestTokenSourceStorm TestTransportNoLoop"},
	{"peers 5: one lock for each account over all processes, freed by the kernel, and another look after it",
		"cli.TestCrowd cli.TestKilled internal/credential.TestOneCallForMany internal/credential.TestLockIsAcrossKeepers " +
			"store/sqlite.TestKilledWithALock internal/credential.TestStorms"},
	{"peers 6: failures are remembered as durably as successes, and what was refused is not sent again",
		"internal/credential.TestRefusedSecretsAreLatched internal/credential.TestRefusedRequestIsLatched internal/credential.TestForcedAtOnce " +
			"internal/credential.TestLockoutCountsWhateverThePassword internal/credential.TestWaitersShareAFailure"},
	{"peers 7: the lock covers the whole exchange, a lost or absent lock means no call, and a pair is never sent twice",
		"internal/credential.TestNoLockNoCall internal/credential.TestLockLostBeforeTheCall internal/credential.TestLostRenewal " +
			"internal/credential.TestUnclearRenewal internal/credential.TestStorms cli.TestKilled"},
	{"peers 8: a renewal may bring a new value, and whoever holds the address gets it",
		"internal/credential.TestLife TestKeep TestTokenSource TestOutputFile"},
	{"peers 9: the real expiry drives the schedule, counted from the request, and clocks may be wrong",
		"internal/credential.TestLifeCountsFromTheRequest internal/credential.TestDecide TestMonthsOfEachVendor TestClockThatIsPut ../sdk.TestLifeUntil"},
	{"peers 10: old and new overlap as the vendor says, no less and no longer",
		"internal/credential.TestOverlap internal/credential.TestFight internal/credential.TestKeeps"},
	{"peers 11: renewals of many credentials are spread, by a seed that stays",
		"internal/credential.TestJitter internal/credential.TestWindow"},
	{"peers 12: status says what is done next, when and why",
		"TestStatusThroughLife TestStatusOfARefusal"},
	{"peers 13: the lock file has the hashes of all platforms from the first init on",
		"internal/catalog/supply.TestInitLocksAllPlatforms internal/catalog/supply.TestMirror"},
	{"peers 15: one process for a plugin, however many blocks use it",
		"internal/catalog.TestOneProcessForAll"},
	{"peers 16: a block is evaluated when what it depends on is ready",
		"TestFiveVendors TestChain"},
	{"peers 17: the vendor's limits are enforced, and a flow only tightens them",
		"internal/limit.TestJudgeNeverReachesALimit internal/credential.TestIntervalIsWaitedFor internal/credential.TestIntervalCountsFromTheAnswer " +
			"internal/credential.TestSteps internal/credential.TestStorms TestSimulationBreaksNoLimit"},
	{"peers 18: the store sees sealed values only, each bound to its row",
		"internal/credential.TestSealedBoundToItsRow internal/seal.TestOpenRefuses"},
	{"peers 19: a plugin that crashes leaves its last words",
		"TestLastWords ../sdk/client.TestTail"},
	{"peers 20: no plugin outlives its host",
		"cli.TestKilled ../sdk/client.TestNoPluginOutlivesAKilledHost"},
	{"peers 21: the end does not wait for what does not end",
		"internal/catalog.TestCloseDoesNotHang ../sdk/client.TestCloseKillsWhoDoesNotStop"},
	{"peers 22: a plugin has no environment",
		"../sdk/client.TestPluginHasNothing"},
	{"peers 23: versions that do not fit are named",
		"../sdk/client.TestStartFails ../sdk/internal/wire.TestVersionProblem"},
	{"peers 24: ten thousand blocks take no longer than they must",
		"internal/graph.TestLongChain"},
	{"peers 25: a flight has a context of its own, its callers wait on theirs, and a clock that jumps is noticed",
		"internal/credential.TestOneCallersCancel internal/credential.TestInterrupted TestTokenSourceCancel TestClockBehindTheStore"},

	{"users 1: two environments with one credential are told that they fight, and do not kill each other's token for ever",
		"internal/credential.TestFight internal/credential.TestStorms"},
	{"users 2: workers that all see the expiry make one call, and compare what was refused with what is there",
		"cli.TestCrowd internal/credential.TestRefusedToken TestKeepersShare TestTokenSourceOtherProcess"},
	{"users 3: an answer that comes late never replaces what was asked for later",
		"internal/credential.TestLaterOneStays internal/credential.TestStorms"},
	{"users 4: one process's lock is not enough; a shared store's may be lost",
		"internal/credential.TestLockIsAcrossKeepers internal/credential.TestLockLostBetweenTries cli.TestCrowd"},
	{"users 5: an outage of the store is no reason to fetch, and no reason to fetch in a loop",
		"internal/credential.TestUnwritableStoreCostsNoCall internal/credential.TestStoreThatTakesNoOutcomes internal/credential.TestNothingIsSentUnrecorded " +
			"cli.TestFullDiskDrainsNoQuota store/sqlite.TestFullDiskLosesNoAnswer TestKeepThroughOutages TestKeepWithoutAStore"},
	{"users 6: the old value is there until the new one is stored",
		"internal/credential.TestStorms internal/credential.TestFailureWhileItLives"},
	{"users 7: what lives is reused, however often it is asked for, and its check spends nothing",
		"internal/credential.TestLife TestMonths TestAYearOfTheSlow"},
	{"users 8: a second subsystem of the same account is noticed, and shares its locks and limits",
		"internal/credential.TestFight internal/credential.TestLockoutCountsWhateverThePassword"},
	{"users 9: who may not call reads what others fetched",
		"TestReadersNeedNoSecrets TestOffline"},
	{"users 10: a pair is refreshed once; a refusal of it is final, silence and an outage are not the same",
		"internal/credential.TestLostRenewal internal/credential.TestUnclearRenewal internal/credential.TestDeadOnRenewIsRemembered " +
			"../plugins/ekuaibao.TestRenewOfTheSamePairTwiceIsDead internal/credential.TestStorms"},

	{"and: a power cut leaves the row of every call that left", "cli.TestPowerCut store/sqlite.TestPowerCut"},
	{"and: an upgrade costs no call", "TestUpgradeCostsNothing"},
	{"and: an answer of the largest size is taken, which is more than gRPC's default", "../sdk.TestLargestAnswerIsTaken ../sdk/client.TestRunExchange"},
}

// TestPitfalls shows that each rule names tests, and that these exist.
func TestPitfalls(t *testing.T) {
	known := map[string]map[string]bool{} // the tests of a folder
	for _, p := range pitfalls {
		names := strings.Fields(p.tests)
		if len(names) == 0 {
			t.Errorf("%s: no test holds it", p.rule)
		}
		for _, name := range names {
			folder, test := ".", name
			if i := strings.LastIndex(name, "."); i >= 0 {
				folder, test = name[:i], name[i+1:]
			}
			if known[folder] == nil {
				known[folder] = testsOf(t, folder)
			}
			if !known[folder][test] {
				t.Errorf("%s: there is no %s in %s", p.rule, test, folder)
			}
		}
	}
}

// testsOf reads the names of the tests in the source of a folder, those for other systems included.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests[f.Name.Name] = true
			}
		}
	}
	return tests
}
