package zygote

import (
	"github.com/nsbox/nsbox/nsbox/internal/confine"
	"github.com/opencontainers/cgroups"
	_ "github.com/opencontainers/cgroups/devices" // lets the cgroup manager set device rules
	devices "github.com/opencontainers/cgroups/devices/config"
	"github.com/opencontainers/runc/libcontainer/configs"
	"golang.org/x/sys/unix"
)

// containerConfig is the zygote's container. Its mounts are what every sandbox
// starts from: the image read-only, a /dev with five harmless devices, a /proc
// that is whole, because the kernel lets nobody mount a new /proc below a user
// namespace where a masked one is all there is (mount_too_revealing in
// fs/namespace.c); the sandbox covers it with its own.
func containerConfig(cfg Config) *configs.Config {
	var all []string
	for _, c := range capabilityNames {
		all = append(all, "CAP_"+c)
	}
	const safe = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	return &configs.Config{
		Rootfs:          cfg.Rootfs,
		Readonlyfs:      true,
		RootPropagation: unix.MS_PRIVATE | unix.MS_REC,
		Hostname:        confine.Hostname,
		Namespaces: configs.Namespaces{
			{Type: configs.NEWUSER}, {Type: configs.NEWPID}, {Type: configs.NEWNS}, {Type: configs.NEWNET},
			{Type: configs.NEWIPC}, {Type: configs.NEWUTS}, {Type: configs.NEWCGROUP},
		},
		UIDMappings: idMap(cfg),
		GIDMappings: idMap(cfg),
		// Over its own user namespace only: it makes others in it.
		Capabilities: &configs.Capabilities{Bounding: all, Effective: all, Permitted: all},
		Mounts: []*configs.Mount{
			{Source: "proc", Destination: "/proc", Device: "proc", Flags: safe},
			{Source: "tmpfs", Destination: "/dev", Device: "tmpfs", Flags: unix.MS_NOSUID | unix.MS_NOEXEC | unix.MS_RDONLY, Data: "mode=755,size=64k,nr_inodes=64"},
			// Two empty places that sandboxes cover.
			{Source: "tmpfs", Destination: "/dev/shm", Device: "tmpfs", Flags: safe | unix.MS_RDONLY, Data: "mode=755,size=4k,nr_inodes=2"},
			{Source: "tmpfs", Destination: "/dev/pts", Device: "tmpfs", Flags: safe | unix.MS_RDONLY, Data: "mode=755,size=4k,nr_inodes=2"},
			{Source: cfg.InitPath, Destination: confine.InitPath, Device: "bind", Flags: unix.MS_BIND | unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV},
		},
		Devices: deviceNodes(),
		Cgroups: &cgroups.Cgroup{
			Path:      cfg.Cgroup,
			Resources: &cgroups.Resources{Devices: deviceRules()},
		},
		NoNewPrivileges:   true,
		ParentDeathSignal: int(unix.SIGKILL),
	}
}

func idMap(cfg Config) []configs.IDMap {
	return []configs.IDMap{
		{ContainerID: 0, HostID: int64(cfg.RootID), Size: 1},
		{ContainerID: 1, HostID: int64(cfg.MapHost), Size: int64(cfg.MapSize)},
	}
}

// harmless are the character devices of major 1 that every program may use,
// and the controlling terminal (major 5).
var harmless = []struct {
	path         string
	major, minor int64
}{
	{"/dev/null", 1, 3}, {"/dev/zero", 1, 5}, {"/dev/full", 1, 7},
	{"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
}

func deviceNodes() []*devices.Device {
	var list []*devices.Device
	for _, h := range harmless {
		list = append(list, &devices.Device{
			Rule:     devices.Rule{Type: devices.CharDevice, Major: h.major, Minor: h.minor, Permissions: "rwm", Allow: true},
			Path:     h.path,
			FileMode: 0o666,
		})
	}
	return list
}

func deviceRules() []*devices.Rule {
	rules := []*devices.Rule{{Type: devices.WildcardDevice, Major: devices.Wildcard, Minor: devices.Wildcard, Permissions: "rwm", Allow: false}}
	for _, d := range deviceNodes() {
		rules = append(rules, &d.Rule)
	}
	// The slaves of pseudo-terminals, for sandboxes that have one.
	return append(rules, &devices.Rule{Type: devices.CharDevice, Major: 136, Minor: devices.Wildcard, Permissions: "rwm", Allow: true},
		&devices.Rule{Type: devices.CharDevice, Major: 5, Minor: 2, Permissions: "rwm", Allow: true})
}

// capabilityNames are those of capabilities(7) up to Linux 5.9.
var capabilityNames = []string{
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
	"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
	"SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
	"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
	"CHECKPOINT_RESTORE",
}
