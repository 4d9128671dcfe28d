#pragma once

#include <string>
#include <string_view>

namespace openrouter_images::client::cli {

// Words of a prompt as a part of a file name: lower-case ASCII letters and digits, joined by "-", without
// articles, at most 40 characters. "image" when nothing is left.
std::string Slug(std::string_view prompt);

// ".png" for "image/png"; ".bin" for a type that is not known.
std::string_view ExtensionOf(std::string_view media_type);

// The word for the format that a file name asks for, as ImageSpec.output_format has it: "jpeg" for "a.JPG".
// Empty for a name without an extension, and for other extensions.
std::string_view FormatOfName(std::string_view file_name);

// Whether the extension is that of any kind of image.
bool IsImageName(std::string_view file_name);

// Whether a file of this type may have this extension (with its point). True without an extension, and for a
// type that is not known.
bool ExtensionFits(std::string_view extension, std::string_view media_type);

// "red-panda-astronaut-3f2a.png": the slug, the image's number when there are several ("-1" first), four
// digits of the file's SHA-256 (32 bytes), and the extension. `index` counts from 0.
std::string ImageFileName(std::string_view prompt, std::string_view sha256, std::string_view media_type,
                          int index, int count);

}  // namespace openrouter_images::client::cli
