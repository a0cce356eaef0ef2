// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fwd.hpp - names of the MSRP layer, declared only.
#pragma once

namespace msrp::inline v0 {

enum class error;
enum class error_condition;
struct limits;
struct leniency;
struct uri;
class path_view;
template <class Allocator>
class basic_path;
struct byte_range;
struct report_status;
class header_view;
struct chunk_begin;
struct chunk_data;
struct chunk_end;
template <class Allocator>
class basic_chunk_parser;

}  // namespace msrp::inline v0
