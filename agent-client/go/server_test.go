package macenv_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"macenv.dev/macenv"
)

// launcher is the command that serves: MACENV_SERVER, or the repository's own, which builds the server when it is run
// for the first time.
func launcher() string {
	if named := os.Getenv("MACENV_SERVER"); named != "" {
		return named
	}
	return filepath.Join("..", "..", "bin", "macenv")
}

// startServer serves until the returned function is called, which kills the server as "kill -9" does.
func startServer(arguments ...string) (target string, kill func(), err error) {
	where := []string{"serve", "--port", "0"}
	if slices.Contains(arguments, "--uds") {
		where = where[:1]
	}
	command := exec.Command(launcher(), append(where, arguments...)...)
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the launcher may have children
	output, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, fmt.Errorf("%s: %w (expected: MACENV_SERVER, the path of a launcher)", launcher(), err)
	}
	kill = sync.OnceFunc(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		_ = command.Wait()
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "served at "); found {
			return address, kill, nil
		}
	}
	kill()
	return "", nil, fmt.Errorf("%s: ended without serving", launcher())
}

var sharedServer = sync.OnceValues(func() (string, error) {
	target, kill, err := startServer()
	killShared = kill
	return target, err
})

var killShared func()

func TestMain(m *testing.M) {
	code := m.Run()
	if killShared != nil {
		killShared()
	}
	os.Exit(code)
}

// target is the address of a server that all tests share.
func target(t *testing.T) string {
	t.Helper()
	address, err := sharedServer()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func dial(t *testing.T, address string, options ...macenv.DialOption) *macenv.Client {
	t.Helper()
	client, err := macenv.Dial(t.Context(), address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func create(t *testing.T, client *macenv.Client, environment string, options ...macenv.SessionOption) *macenv.Session {
	t.Helper()
	session, err := client.CreateSession(t.Context(), environment, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func step(t *testing.T, session *macenv.Session, decisions *macenv.Decisions) *macenv.Events {
	t.Helper()
	events, err := session.Step(t.Context(), decisions)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// cuttingProxy forwards to a server, and cuts each connection after some pieces of what the server says, of which the
// last is lost.
type cuttingProxy struct {
	listener net.Listener
	target   string
	pieces   int
	cuts     chan struct{}
}

func newCuttingProxy(t *testing.T, target string, pieces int) *cuttingProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	proxy := &cuttingProxy{listener, target, pieces, make(chan struct{}, 1<<16)}
	go proxy.accept()
	return proxy
}

func (p *cuttingProxy) address() string { return p.listener.Addr().String() }

func (p *cuttingProxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = near.Close()
			return
		}
		go func() {
			_, _ = bufio.NewReader(near).WriteTo(far)
			_ = far.Close()
		}()
		go p.forward(far, near)
	}
}

func (p *cuttingProxy) forward(far, near net.Conn) {
	defer near.Close()
	defer far.Close()
	buffer := make([]byte, 64<<10)
	for piece := 0; ; piece++ {
		n, err := far.Read(buffer)
		if err != nil {
			return
		}
		if piece == p.pieces {
			p.cuts <- struct{}{}
			return
		}
		if _, err := near.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// withinSeconds fails a test that hangs, instead of waiting for the end of all tests.
func withinSeconds(t *testing.T, seconds int) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
	t.Cleanup(cancel)
	return ctx
}
