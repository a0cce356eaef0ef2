// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fwd.hpp - names of the CEMA layer, declared only (the negotiator needs its concepts and is
// not among them).
#pragma once

#include <cstdint>

namespace cema::inline v0 {

enum class error;
enum class error_condition;
enum class offered_setup : std::uint8_t;
enum class role : std::uint8_t;
enum class target_kind : std::uint8_t;
enum class identity_check : std::uint8_t;
enum class signalling_protection : std::uint8_t;
enum class fingerprint_trust : std::uint8_t;
enum class security_level : std::uint8_t;
enum class session_match : std::uint8_t;
enum class sighting : std::uint8_t;
enum class route : std::uint8_t;
enum class status : std::uint8_t;
struct reason;
class reason_list;
struct offerer_facts;
struct answerer_facts;
struct offerer_decision;
struct answerer_decision;
struct local_situation;
struct route_facts;
template <class Allocator>
struct basic_connect_plan;
template <class Allocator>
class basic_anchor;
template <class Allocator>
class basic_fingerprint_store;

}  // namespace cema::inline v0
