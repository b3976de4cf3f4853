package fleet

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: time.Minute}

// ask sends a request to the office and returns what it answers.
func (f *fleet) ask(method, path string, body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		return err.Error()
	}
	return read(method, f.office.URL+path, f.token, bytes.NewReader(text))
}

// read sends a request and returns what is answered.
func read(method, address, token string, body io.Reader) string {
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		return err.Error()
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// entries counts the entries of a bundle; -1 of what is none.
func entries(text string) (n int) {
	var b map[string]map[string]string
	if json.Unmarshal([]byte(text), &b) != nil {
		return -1
	}
	for _, section := range b {
		n += len(section)
	}
	return n
}
