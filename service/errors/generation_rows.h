#pragma once

#include <span>

#include "service/errors/error_table.h"

namespace openrouter_images::errors {

// The error table for generations, in the order of Condition. Use ErrorTable or RowOf.
std::span<const ErrorRow> GenerationRows();

}  // namespace openrouter_images::errors
