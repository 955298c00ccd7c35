package main

import (
	"strings"

	"roomctl/provisioner"
)

// loggingLines are what a chat server that cannot log rooms is missing.
const loggingLines = `Prosody, under the MUC component:
    modules_enabled = { "muc_mam"; "http_muc_log" }
    muc_log_by_default = false
    muc_log_expires_after = "never"
ejabberd, under modules (roomctl is the access rule of its account):
    mod_muc_log:
      access_log: roomctl
      outdir: /var/www/rooms
      dirname: room_name
      dirtype: plain
      file_format: html
      timezone: universal
      url: "https://logs.example.org/logs"`

// cannotLog says whether a run met a service that cannot log rooms.
func cannotLog(r *provisioner.Report) bool {
	for _, w := range r.Withheld {
		if w.Rule == provisioner.RuleLogging {
			return true
		}
	}
	return false
}

// logging prints the lines to add where a run met a service that cannot log.
func (p printer) logging(r *provisioner.Report) {
	if !cannotLog(r) {
		return
	}
	p.line("The chat service cannot log rooms, and rooms.logging is required. Add to its configuration:")
	for line := range strings.Lines(loggingLines) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
	p.line("")
}
