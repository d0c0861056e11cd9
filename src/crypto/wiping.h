// OpenSSL's own allocations, overwritten when freed: its buffers see plaintext of packages and of
// TLS.
#pragma once

namespace musubi::crypto {

// Before the first use of OpenSSL in the process; later it has no effect. Returns whether it has.
bool WipeWhatOpenSslFrees();

}  // namespace musubi::crypto
