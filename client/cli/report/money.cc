#include "client/cli/report/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr int kSignificantDigits = 6;
constexpr int kMostDecimals = 15;
constexpr double kTokensInAPrice = 1e6;

std::string Spaced(std::string words) {
  std::replace(words.begin(), words.end(), '_', ' ');
  return Printable(words);
}

}  // namespace

std::string FormatUsd(double usd) {
  if (!std::isfinite(usd)) return "$?";
  if (usd == 0) return "$0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(usd))));
  const int decimals = std::clamp(kSignificantDigits - 1 - magnitude, 2, kMostDecimals);
  std::string digits = fmt::format("{:.{}f}", std::fabs(usd), decimals);
  const size_t point = digits.find('.');
  // Whole dollars have no decimals, cents have two digits, and only fractions of a cent have more.
  while (digits.size() > point + 3 && digits.back() == '0') digits.pop_back();
  if (digits.ends_with(".00")) digits.resize(point);
  return (usd < 0 ? "-$" : "$") + digits;
}

std::string FormatPrice(const v1::ImagePricingEntry& entry) {
  std::string text = entry.billable().empty() ? "" : Spaced(entry.billable()) + ": ";
  if (!entry.has_cost_usd()) {
    text += "price not given";
  } else if (entry.unit() == "token") {
    text += FormatUsd(entry.cost_usd() * kTokensInAPrice) + " / 1M tokens";
  } else {
    text += FormatUsd(entry.cost_usd());
    if (!entry.unit().empty()) text += " / " + Spaced(entry.unit());
  }
  if (!entry.variant().empty()) text += " [" + Printable(entry.variant()) + "]";
  return text;
}

}  // namespace openrouter_images::client::cli
