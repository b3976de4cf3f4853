// Package contract holds a server against what clients of eKuiper rely on around import
// and export: what is asked, what is answered, and what is there afterwards. The server is
// the built console, always, and the eKuiper at EKUIPER_URL where that is set:
//
//	EKUIPER_URL=http://127.0.0.1:9081 go test ./e2e/contract -v
//
// Where the console does better than the engine, a check says what is expected of whom.
//
// The checks take out all that is on the server. One that holds anything is left alone,
// unless EKUIPER_WIPE=1 says that this may be; afterwards it is put back as far as the
// server takes its own export. EKUIPER_TOKEN is sent as the Authorization header.
package contract
