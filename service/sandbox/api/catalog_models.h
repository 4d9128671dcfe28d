#pragma once

#include <vector>

#include "service/sandbox/api/catalog.h"

namespace openrouter_images::sandbox {

// The catalog's data. Catalog() keeps it.
std::vector<Model> BuildCatalog();

}  // namespace openrouter_images::sandbox
