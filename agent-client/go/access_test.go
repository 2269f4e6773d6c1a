package macenv_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"macenv.dev/macenv"
)

const aliceToken = "0123456789abcdef0123456789abcdef"

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newAuthority makes one with a certificate for itself.
func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	a.certificate = a.sign(t, &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}, &a.key.PublicKey)
	return a
}

func (a *authority) sign(t *testing.T, template *x509.Certificate, key *ecdsa.PublicKey) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.certificate
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, a.key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// identity is a certificate for a name, good for this machine and the given names as well.
func (a *authority) identity(t *testing.T, name string, names ...string) tls.Certificate {
	t.Helper()
	key := newKey(t)
	certificate := a.sign(t, &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		DNSNames:    names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, &key.PublicKey)
	return tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}
}

// pool is what trusts this authority alone.
func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writePEM(t *testing.T, directory, name, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(directory, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func writeTokens(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tokens.txt")
	if err := os.WriteFile(file, []byte("alice "+aliceToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// serverTLS are the arguments with which a server shows an identity, and the file of its authority.
func serverTLS(t *testing.T, a *authority, own tls.Certificate) (arguments []string, authorityFile string) {
	t.Helper()
	directory := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"--tls-cert", writePEM(t, directory, "server.pem", "CERTIFICATE", own.Certificate[0]),
		"--tls-key", writePEM(t, directory, "server.key", "PRIVATE KEY", key),
	}, writePEM(t, directory, "ca.pem", "CERTIFICATE", a.certificate.Raw)
}

// serve starts a server for one test.
func serve(t *testing.T, arguments ...string) string {
	t.Helper()
	target, kill, err := startServer(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kill)
	return target
}

// refusedDial is why a client is not let in, which it has to be told in time.
func refusedDial(t *testing.T, target string, options ...macenv.DialOption) error {
	t.Helper()
	client, err := macenv.Dial(withinSeconds(t, 30), target, append(options, macenv.WithPatience(300*time.Millisecond))...)
	if err == nil {
		_ = client.Close()
		t.Fatalf("%s: connected (expected: an error)", target)
	}
	return err
}

func requireText(t *testing.T, err error, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v (expected: %q in it)", err, text)
		}
	}
}

func TestEncryptionTakesTheAuthorityAndNothingElse(t *testing.T) {
	laboratory := newAuthority(t, "laboratory")
	arguments, _ := serverTLS(t, laboratory, laboratory.identity(t, "server", "sim.example.org"))
	target := serve(t, arguments...)
	for _, name := range []string{"", "sim.example.org"} {
		config := &tls.Config{RootCAs: laboratory.pool(), ServerName: name}
		step(t, create(t, dial(t, target, macenv.WithTLS(config)), "bp-10"), nil)
	}
}

func TestAGuardedServer(t *testing.T) {
	laboratory, elsewhere := newAuthority(t, "laboratory"), newAuthority(t, "elsewhere")
	arguments, authorityFile := serverTLS(t, laboratory, laboratory.identity(t, "server", "localhost"))
	target := serve(t, append(arguments, "--tls-client-ca", authorityFile, "--tokens", writeTokens(t))...)
	alice := []tls.Certificate{laboratory.identity(t, "alice")}
	known := macenv.WithTLS(&tls.Config{RootCAs: laboratory.pool(), Certificates: alice})

	t.Run("is opened by a certificate and a token", func(t *testing.T) {
		for _, transport := range []macenv.Transport{macenv.Stream, macenv.Unary} {
			client := dial(t, target, known, macenv.WithToken(aliceToken), macenv.WithTransport(transport))
			step(t, create(t, client, "bp-10"), nil)
		}
	})
	for who, config := range map[string]*tls.Config{
		"plain text":                             nil,
		"an authority that the server is not of": {RootCAs: elsewhere.pool(), Certificates: alice},
		"the well-known authorities":             {Certificates: alice},
		"a name that the server does not have":   {RootCAs: laboratory.pool(), Certificates: alice, ServerName: "elsewhere.org"},
		"no certificate":                         {RootCAs: laboratory.pool()},
		"a certificate of another authority":     {RootCAs: laboratory.pool(), Certificates: []tls.Certificate{elsewhere.identity(t, "mallory")}},
	} {
		t.Run("is not opened by "+who, func(t *testing.T) {
			err := refusedDial(t, target, macenv.WithTLS(config), macenv.WithToken(aliceToken))
			requireReason[*macenv.ServerUnavailableError](t, err, "")
			requireText(t, err, "encryption and certificates (WithTLS)")
		})
	}
	for name, options := range map[string][]macenv.DialOption{
		"no token":      {known},
		"a wrong token": {known, macenv.WithToken("wrongwrong")},
	} {
		t.Run("is not opened with "+name, func(t *testing.T) {
			err := refusedDial(t, target, options...)
			requireReason[*macenv.AccessDeniedError](t, err, "UNAUTHENTICATED")
			requireText(t, err, "check the token given with WithToken")
			if strings.Contains(err.Error(), "wrongwrong") {
				t.Errorf("%v (expected: not the token)", err)
			}
		})
	}
}

func TestAUnixDomainSocketWithAToken(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "macenv.sock")
	if target := serve(t, "--uds", socket, "--tokens", writeTokens(t)); target != "unix:"+socket {
		t.Fatalf("target: %s (expected: unix:%s)", target, socket)
	}
	for _, target := range []string{"unix:" + socket, "unix://" + socket} {
		step(t, create(t, dial(t, target, macenv.WithToken(aliceToken)), "bp-10"), nil)
		requireReason[*macenv.AccessDeniedError](t, refusedDial(t, target), "UNAUTHENTICATED")
	}
}

func TestAUnixDomainSocketThatDoesNotExistIsNamed(t *testing.T) {
	err := refusedDial(t, "unix:"+filepath.Join(t.TempDir(), "nowhere.sock"))
	requireReason[*macenv.ServerUnavailableError](t, err, "")
	requireText(t, err, "nowhere.sock", "check that the server runs at this address")
}

func TestATokenThatCannotBeSentIsRefusedAndNotRepeated(t *testing.T) {
	err := refusedDial(t, "localhost:1", macenv.WithToken("two words"))
	requireText(t, err, "WithToken: 9 characters")
	if strings.Contains(err.Error(), "two words") {
		t.Errorf("%v (expected: not the token)", err)
	}
}
