// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fwd.hpp - the names of the SDP layer.
#pragma once

namespace sdp::inline v0 {

enum class error;
enum class error_condition;
enum class setup : unsigned char;
enum class direction : unsigned char;
enum class hash_function : unsigned char;
struct limits;
struct leniency;
struct line;
struct attribute;
struct connection;
struct origin;
struct media_line;
struct fingerprint_view;
class fingerprint;
class fingerprint_set;
class media_view;
class description_view;
class offer_token;
template <class Allocator>
class basic_description;
template <class Allocator>
class basic_offer_answer;

}  // namespace sdp::inline v0
