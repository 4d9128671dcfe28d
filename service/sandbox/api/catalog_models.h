#pragma once

#include <vector>

#include "service/sandbox/api/catalog.h"

namespace openrouter::images::sandbox {

// The catalog's data. Catalog() keeps it.
std::vector<Model> BuildCatalog();

}  // namespace openrouter::images::sandbox
