package portowner

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The kernel prints addresses in the byte order of the machine. The rows here use addresses that read the same both ways.
const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

func TestParseTable(t *testing.T) {
	table := header +
		"   0: 7F00007F:A48F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0\n" +
		"   1: 7F00007F:A490 7F00007F:0050 01 00000000:00000000 00:00000000 00000000  1000        0 777 1\n" +
		"   2: 7F00007F:A490 7F00007F:0050 06 00000000:00000000 03:00000000 00000000     0        0 0 3\n" + // TIME_WAIT: nobody's
		"   3: 00000000000000000000000000000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 0 0 0 99 2\n" +
		"rubbish\n"
	got, err := parseTable(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	want := []socket{
		{local: netip.MustParseAddrPort("127.0.0.127:42127"), listening: true, holder: 12345},
		{local: netip.MustParseAddrPort("127.0.0.127:42128"), holder: 777},
		{local: netip.MustParseAddrPort("[::]:53"), listening: true, holder: 99},
	}
	if !slices.Equal(got, want) {
		t.Errorf("sockets %v, want %v", got, want)
	}
}

func TestParseTableRefusesEndlessLines(t *testing.T) {
	if _, err := parseTable(strings.NewReader(strings.Repeat("x", 1<<20))); err == nil {
		t.Fatal("a line of 1 MiB was accepted")
	}
}

func FuzzParseRow(f *testing.F) {
	f.Add("   0: 0100007F:A48F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1")
	f.Add("   0: 0000000000000000FFFF00000100007F:1F90 0:0 0A 0:0 0:0 0 0 0 1")
	f.Add("0: : 0 0A 0 0 0 0 0 1")
	f.Add("")
	f.Fuzz(func(t *testing.T, row string) {
		s, err := parseRow(row)
		if err != nil {
			if s != (socket{}) {
				t.Errorf("an error came with %v", s)
			}
			return
		}
		if !s.local.IsValid() || s.holder == 0 {
			t.Errorf("row %q was read as %v", row, s)
		}
	})
}

// fakeProc builds a proc file system in which socket 12345 listens on 127.0.0.127:42127.
func fakeProc(t *testing.T) procFS {
	t.Helper()
	p := procFS{root: t.TempDir()}
	write(t, p, "net/tcp", header+"0: 7F00007F:A48F 00000000:0000 0A 0:0 00:0 0 0 0 12345 1\n")
	write(t, p, "version", "not a process")
	return p
}

func write(t *testing.T, p procFS, name, content string) {
	t.Helper()
	path := filepath.Join(p.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func addProcess(t *testing.T, p procFS, pid, comm, cmdline, link string) {
	t.Helper()
	write(t, p, pid+"/comm", comm)
	write(t, p, pid+"/cmdline", cmdline)
	fds := filepath.Join(p.root, pid, "fd")
	if err := os.Mkdir(fds, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(link, filepath.Join(fds, "3")); err != nil {
		t.Fatal(err)
	}
}

func TestFindInProc(t *testing.T) {
	addr := netip.MustParseAddrPort("127.0.0.127:42127")
	const socketLink, game = "socket:[12345]", "Z:\\Games\\MassEffect3Demo.exe\x00-arg\x00"
	for _, test := range []struct {
		name                string
		comm, cmdline, link string
		want                Owner
		err                 error
	}{
		{name: "long name under Wine", comm: "MassEffect3Demo\n", cmdline: game, link: socketLink, want: Owner{PID: 42, Name: "MassEffect3Demo.exe"}},
		{name: "renamed", comm: "worker\n", cmdline: "/usr/bin/daemon\x00", link: socketLink, want: Owner{PID: 42, Name: "worker"}},
		{name: "without command line", comm: "kernel\n", link: socketLink, want: Owner{PID: 42, Name: "kernel"}},
		{name: "control characters", comm: "a\x1b]0;b\n", link: socketLink, want: Owner{PID: 42, Name: "a]0;b"}},
		{name: "other socket", comm: "x\n", link: "socket:[1234]", err: ErrHidden},
		{name: "no socket", comm: "x\n", link: "/dev/null", err: ErrHidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := fakeProc(t)
			addProcess(t, p, "42", test.comm, test.cmdline, test.link)
			got, err := p.find("tcp", addr)
			if !errors.Is(err, test.err) || got != test.want {
				t.Errorf("owner %v, error %v; want %v, %v", got, err, test.want, test.err)
			}
		})
	}
}

func TestFindInProcPrefersTheLowestProcess(t *testing.T) {
	p := fakeProc(t)
	for _, pid := range []string{"100", "9", "42"} {
		addProcess(t, p, pid, "p"+pid, "", "socket:[12345]")
	}
	got, err := p.find("tcp", netip.MustParseAddrPort("127.0.0.127:42127"))
	if want := (Owner{PID: 9, Name: "p9"}); err != nil || got != want {
		t.Errorf("owner %v, error %v, want %v", got, err, want)
	}
}

func TestFindInProcWithoutTables(t *testing.T) {
	if _, err := (procFS{root: t.TempDir()}).find("tcp", netip.MustParseAddrPort("127.0.0.1:1")); err == nil {
		t.Fatal("no error where /proc/net is missing")
	}
}
