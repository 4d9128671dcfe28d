#pragma once

#include <string>

#include "openrouter_images/v1/catalog.pb.h"

namespace openrouter_images::client::cli {

// US dollars to six significant digits, never in exponents: "$0.0387", "$12.50", "$30", "$0.000003".
std::string FormatUsd(double usd);

// One line of a price list: "output image: $0.05 / image [4K]". Prices of a token are given for a million of
// them.
std::string FormatPrice(const v1::ImagePricingEntry& entry);

}  // namespace openrouter_images::client::cli
