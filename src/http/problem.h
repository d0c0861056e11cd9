// A problem document whose status is not the one of the table: 405, or 503 of a server that is not
// ready for whatever reason.
#pragma once

#include "http/message.h"

namespace musubi::http {

[[nodiscard]] Response ProblemWithStatus(int status, const Error& error);

}  // namespace musubi::http
