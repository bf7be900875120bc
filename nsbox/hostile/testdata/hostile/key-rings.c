// nsbox:class: keyrings
// nsbox:expect: contained
// nsbox:cve: CVE-2016-0728, CVE-2022-0185
// nsbox:why: Keyrings have no namespace of their own for uid and session; their quota and content are shared with the host.
#include "probe.h"

int main(void) {
    for (long ring = -1; ring >= -8; ring--) {
        refused("add_key", syscall(SYS_add_key, "user", "nsbox", "x", 1, ring));
        refused("request_key", syscall(SYS_request_key, "user", "nsbox", "", ring));
        refused("get_keyring_id", syscall(SYS_keyctl, 0, ring, 1));
        refused("describe", syscall(SYS_keyctl, 6, ring, NULL, 0));
        refused("read", syscall(SYS_keyctl, 11, ring, NULL, 0));
    }
    refused("join session", syscall(SYS_keyctl, 1, NULL));
    refused("join named session", syscall(SYS_keyctl, 1, "_ses"));
    refused("get_persistent", syscall(SYS_keyctl, 22, -1, -4));
    refused("capabilities", syscall(SYS_keyctl, 31, NULL, 0));
    finish();
}
