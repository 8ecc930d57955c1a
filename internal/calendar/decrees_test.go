package calendar

import (
	"fmt"
	"strings"
	"testing"
)

const range2026 = "geldig 2026-01-01 2026-12-31\n"

func TestShippedDecrees(t *testing.T) {
	table, err := ShippedDecrees()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.days) != 5 || table.from.String() != "2026-01-01" || table.until.String() != "2028-12-31" {
		t.Errorf("got %v from %s until %s", table.days, table.from, table.until)
	}
}

func TestParseDecrees(t *testing.T) {
	for _, text := range []string{
		range2026,
		"2026-05-15 Stcrt. 2025, 24713\n" + range2026,
		"\ufeff# een opmerking\r\n\r\ngeldig  2026-01-01   2026-12-31 \r\n2026-05-15  Stcrt. 2025, 24713\r\n",
		"\t" + range2026 + "2026-05-15 Besluit van 5 juli 2025",
	} {
		table, err := ParseDecrees("x.txt", text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if strings.Contains(text, "15") && table.days[NewDate(2026, 5, 15)] == "" {
			t.Errorf("%q: the day is lost: %v", text, table.days)
		}
	}
}

var faultyDecrees = []struct{ text, want string }{
	{"", `x.txt:1: the table doesn't say from when until when it is valid: add a line like "geldig 2026-01-01 2028-12-31"`},
	{"# niets\n\n", `x.txt:2: the table doesn't say from when until when it is valid: add a line like "geldig 2026-01-01 2028-12-31"`},
	{"geldig\n", `x.txt:1: after geldig come two dates: write it like "geldig 2026-01-01 2028-12-31"`},
	{"geldig 2026-01-01 31-12-2026\n", `x.txt:1: "31-12-2026" isn't a date: write it like 2026-05-15`},
	{"geldig 2026-02-30 2026-12-31\n", `x.txt:1: "2026-02-30" isn't a date: write it like 2026-05-15`},
	{"geldig 2026-12-31 2026-01-01\n", "x.txt:1: the table is valid until 2026-01-01, before it begins on 2026-12-31: put the first day first"},
	{range2026 + range2026, "x.txt:2: line 1 says already from when until when the table is valid: keep one"},
	{range2026 + "15 mei 2026 Stcrt.\n", `x.txt:2: "15" isn't a date: write it like 2026-05-15`},
	{range2026 + "2026-05-15\n", `x.txt:2: 2026-05-15 has no source: write after it where the decree was published, like "Stcrt. 2025, 24713"`},
	{range2026 + "2026-05-15 a\n\n2026-05-15 b\n", "x.txt:4: 2026-05-15 is in line 2 already: remove one"},
	{range2026 + "2026-05-16 a\n", "x.txt:2: 2026-05-16 is zaterdag, free already: check the date"},
	{range2026 + "2026-05-14 a\n", "x.txt:2: 2026-05-14 is Hemelvaartsdag, free already: check the date"},
	{"2027-05-07 a\n" + range2026, "x.txt:1: 2027-05-07 is outside what line 2 says the table is valid for: mend one of them"},
	{range2026 + "2026-05-15 a\u200bb\n", "x.txt:2: this isn't plain text: save the table as UTF-8, with ordinary spaces and nothing invisible"},
	{range2026 + "2026-05-15\ta\n", "x.txt:2: this isn't plain text: save the table as UTF-8, with ordinary spaces and nothing invisible"},
	{range2026 + "\xff\xfe\n", "x.txt:2: this isn't plain text: save the table as UTF-8, with ordinary spaces and nothing invisible"},
	{range2026 + "2026-05-16 a\nmei\n2028-05-26 b\n", "x.txt:2: 2026-05-16 is zaterdag, free already: check the date\n" +
		"x.txt:3: \"mei\" isn't a date: write it like 2026-05-15\n" +
		"x.txt:4: 2028-05-26 is outside what line 1 says the table is valid for: mend one of them"},
	{strings.Repeat("#", 1<<20), "x.txt:1: the table has 1048576 bytes, more than 65536: this is another file"},
}

func TestParseDecreesSaysWhatIsWrong(t *testing.T) {
	for _, c := range faultyDecrees {
		_, err := ParseDecrees("x.txt", c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%.60q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
	_, err := ParseDecrees("x.txt", strings.Repeat("?\n", 10_000))
	if n := strings.Count(err.Error(), "\n") + 1; n != maxDecreeFaults {
		t.Errorf("%d lines of faults", n)
	}
}

func FuzzParseDecrees(f *testing.F) {
	f.Add(shippedDecrees)
	for _, c := range faultyDecrees {
		if len(c.text) < 4096 {
			f.Add(c.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := ParseDecrees("x.txt", text)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				var n int
				if _, err := fmt.Sscanf(line, "x.txt:%d: ", &n); err != nil || n < 1 || n > strings.Count(text, "\n")+1 {
					t.Errorf("a fault without a line: %q", line)
				}
			}
			return
		}
		without := New(Decrees{}, nil)
		for d, source := range table.days {
			if source == "" || d < table.from || d > table.until || without.Free(d) != "" {
				t.Errorf("took %s, %q from %s until %s", d, source, table.from, table.until)
			}
		}
		// What was taken reads back the same.
		again := fmt.Sprintf("geldig %s %s\n", table.from, table.until)
		for d, source := range table.days {
			again += fmt.Sprintf("%s %s\n", d, source)
		}
		same, err := ParseDecrees("x.txt", again)
		if err != nil || New(same, nil).Hash() != New(table, nil).Hash() {
			t.Errorf("reads back otherwise: %v", err)
		}
	})
}
