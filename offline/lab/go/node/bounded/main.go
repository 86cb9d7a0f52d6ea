// bounded is an OCI runtime: it takes out of a container's configuration what this machine cannot grant
// (capabilities outside the bounding set, a file limit above the hard one) and then becomes runc.
// "Privileged" asks for every capability, and runc refuses a container when one is missing. Where nothing is
// missing the configuration stays as it is.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// capabilities in the kernel's order (include/uapi/linux/capability.h): the index is the bit.
var capabilities = strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
	LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO
	SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
	AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
	CHECKPOINT_RESTORE`)

func main() {
	args := os.Args[1:]
	if file, nested := configuration(args); file != "" {
		if err := trim(file, nested, granted()); err != nil {
			fail(err)
		}
	}
	runc, err := exec.LookPath("runc")
	if err != nil {
		runc = "/usr/sbin/runc" // a daemon's PATH may lack sbin
	}
	fail(syscall.Exec(runc, append([]string{"runc"}, args...), os.Environ()))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bounded:", err)
	os.Exit(127)
}

// configuration names the file runc is about to read: a bundle's config.json (process nested in it) or the bare
// process of an exec.
func configuration(args []string) (file string, nested bool) {
	for _, arg := range args {
		switch arg {
		case "create", "run", "restore":
			return filepath.Join(option(args, "--bundle", "-b"), "config.json"), true
		case "exec":
			return option(args, "--process", "-p"), false
		}
	}
	return "", false
}

func option(args []string, long, short string) string {
	for i, arg := range args {
		if (arg == long || arg == short) && i+1 < len(args) {
			return args[i+1]
		}
		if value, found := strings.CutPrefix(arg, long+"="); found {
			return value
		}
	}
	return ""
}

// granted is the bounding set of this process.
func granted() map[string]bool {
	set := map[string]bool{}
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if hex, found := strings.CutPrefix(line, "CapBnd:"); found {
			bits, _ := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			for i, name := range capabilities {
				if bits>>uint(i)&1 == 1 {
					set["CAP_"+name] = true
				}
			}
		}
	}
	return set
}

func trim(file string, nested bool, granted map[string]bool) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var document map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber() // numbers beyond 2^53 (limits) must survive
	if err := decoder.Decode(&document); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	process := document
	if nested {
		process, _ = document["process"].(map[string]any)
	}
	if process == nil {
		return nil
	}
	if sets, ok := process["capabilities"].(map[string]any); ok {
		for name, value := range sets {
			wanted, _ := value.([]any)
			keep := []any{}
			for _, c := range wanted {
				if s, _ := c.(string); granted[s] {
					keep = append(keep, c)
				}
			}
			sets[name] = keep
		}
	}
	if !granted["CAP_SYS_RESOURCE"] {
		process["rlimits"] = reachable(process["rlimits"])
	}
	out, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return os.WriteFile(file, out, 0o644)
}

// reachable drops a file limit above the hard one of this process, which only CAP_SYS_RESOURCE may raise.
func reachable(limits any) []any {
	keep := []any{}
	list, _ := limits.([]any)
	for _, entry := range list {
		limit, _ := entry.(map[string]any)
		if limit["type"] == "RLIMIT_NOFILE" {
			var current syscall.Rlimit
			hard, _ := limit["hard"].(json.Number)
			wanted, _ := strconv.ParseUint(hard.String(), 10, 64)
			if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &current) == nil && wanted > current.Max {
				continue
			}
		}
		keep = append(keep, entry)
	}
	return keep
}
