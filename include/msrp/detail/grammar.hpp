// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar.hpp - the leaves and directives of which the Spirit X3 grammars of this layer are made.
#pragma once

#include <boost/spirit/home/x3/core/parser.hpp>
#include <boost/spirit/home/x3/operator/alternative.hpp>
#include <boost/spirit/home/x3/operator/and_predicate.hpp>
#include <boost/spirit/home/x3/operator/kleene.hpp>
#include <boost/spirit/home/x3/operator/not_predicate.hpp>
#include <boost/spirit/home/x3/operator/optional.hpp>
#include <boost/spirit/home/x3/operator/plus.hpp>
#include <boost/spirit/home/x3/operator/sequence.hpp>
#include <boost/spirit/home/x3/support/context.hpp>
#include <boost/spirit/home/x3/support/unused.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

// The grammars are parsing expressions (PEG) over `char const*`, without attributes: what is worth
// keeping goes, by `keep` and `then`, into the value of the `frame` that travels in the context. X3
// tells neither why nor where it failed, so each leaf notes the furthest octet that it looked at:
// after a failure that is the first octet at which the text could not go on.
namespace msrp::inline v0::detail::grammar {

namespace x3 = boost::spirit::x3;

struct frame_tag;

/// What one parse needs: the value to fill, what is allowed, and the furthest octet looked at.
template <class Value>
struct frame {
    frame(std::string_view t, error e) noexcept : text(t), whole(e) {}

    static constexpr bool takes_notes = true;

    std::string_view text;
    error whole;         ///< the code of the whole grammar
    error code = whole;  ///< the code of the part that is being read
    Value value{};
    leniency allow{};
    std::uint32_t number = 0;  ///< what leaves have read that know what digits mean

    char const* furthest = text.data();
    error why = whole;
    bool refused = false;  ///< a value was refused: nothing read later counts

    /// Where two codes meet at one octet, that of a part stands.
    void looked_at(char const* at) noexcept {
        if (refused || at < furthest || (at == furthest && code == whole)) return;
        furthest = at;
        why = code;
    }
    /// Always false, so that an action may return it.
    bool refuse(error e, char const* at) noexcept {
        if (!refused) {
            refused = true;
            furthest = at;
            why = e;
        }
        return false;
    }
    [[nodiscard]] wire::failure failed() const noexcept {
        return {make_error_code(why), static_cast<std::uint64_t>(furthest - text.data()), {}};
    }
};

/// The frame of a first run, which only asks whether the text is good, and takes no notes: where it
/// is not, a second run with a `frame` says why and where.
template <class Value>
struct quick_frame {
    static constexpr bool takes_notes = false;

    std::string_view text;
    Value& value;
    leniency allow{};
    std::uint32_t number = 0;
    error code{};
    bool refused = false;

    void looked_at(char const*) noexcept {}
    bool refuse(error, char const*) noexcept {
        refused = true;
        return false;
    }
};

template <class Context>
[[nodiscard]] auto& frame_of(Context const& context) {
    return x3::get<frame_tag>(context);
}

/// Runs a grammar over a frame's text.
template <class Grammar, class Frame>
[[nodiscard]] bool run_grammar(Grammar const& grammar, Frame& f) {
    char const* first = f.text.data();
    char const* const last = first + f.text.size();
    auto const context = x3::make_context<frame_tag>(f);
    return grammar.parse(first, last, context, x3::unused, x3::unused) && !f.refused;
}

/// Base of the leaves: no attribute.
template <class Derived>
struct leaf : x3::parser<Derived> {
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
};

/// One octet of a set.
template <wire::charset const& Set>
struct octet_class : leaf<octet_class<Set>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        frame_of(context).looked_at(first);
        if (first == last || !Set.contains(*first)) return false;
        ++first;
        return true;
    }
};
template <wire::charset const& Set>
inline constexpr octet_class<Set> one{};

/// `Min` to `Max` octets of a set, as many as there are.
template <wire::charset const& Set, std::size_t Min,
          std::size_t Max = std::numeric_limits<std::size_t>::max()>
struct octet_run : leaf<octet_run<Set, Min, Max>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        char const* const stop = Max < static_cast<std::size_t>(last - first) ? first + Max : last;
        char const* const at = end_of_run(first, stop);
        frame_of(context).looked_at(at);
        if (static_cast<std::size_t>(at - first) < Min) return false;
        first = at;
        return true;
    }

   private:
    [[gnu::always_inline]] static char const* end_of_run(char const* at,
                                                         char const* stop) noexcept {
        for (; stop - at >= 4; at += 4) {  // the end looked for once in four
            if (!Set.contains(at[0])) return at;
            if (!Set.contains(at[1])) return at + 1;
            if (!Set.contains(at[2])) return at + 2;
            if (!Set.contains(at[3])) return at + 3;
        }
        while (at != stop && Set.contains(*at)) ++at;
        return at;
    }
};
template <wire::charset const& Set>
inline constexpr octet_run<Set, 1> some{};
template <wire::charset const& Set>
inline constexpr octet_run<Set, 0> any{};
template <wire::charset const& Set, std::size_t Min, std::size_t Max>
inline constexpr octet_run<Set, Min, Max> from_to{};

/// One given octet.
template <char C>
struct octet_is : leaf<octet_is<C>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        frame_of(context).looked_at(first);
        if (first == last || *first != C) return false;
        ++first;
        return true;
    }
};
template <char C>
inline constexpr octet_is<C> octet{};

template <std::size_t N>
struct word_text {
    static constexpr std::size_t size = N - 1;
    char text[N];
    consteval word_text(char const (&t)[N]) noexcept {  // NOLINT: a literal is a word
        for (std::size_t i = 0; i < N; ++i) text[i] = t[i];
    }
};

/// A word; letters in either case, as in an ABNF string, unless `Exact` (`%x` notation).
template <word_text Word, bool Exact>
struct word_is : leaf<word_is<Word, Exact>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        auto& f = frame_of(context);
        if constexpr (!std::remove_reference_t<decltype(f)>::takes_notes) {
            if (static_cast<std::size_t>(last - first) < Word.size || !same<0>(first)) return false;
        } else {
            for (std::size_t i = 0; i < Word.size; ++i) {
                f.looked_at(first + i);
                if (first + i == last || !same_octet(first[i], i)) return false;
            }
        }
        first += Word.size;
        return true;
    }

   private:
    static constexpr bool same_octet(char c, std::size_t i) noexcept {
        return Exact ? c == Word.text[i] : wire::to_lower(c) == wire::to_lower(Word.text[i]);
    }
    /// From the octet `I` on, four at a time.
    template <std::size_t I>
    [[gnu::always_inline]] static bool same(char const* at) noexcept {
        if constexpr (I + 4 <= Word.size) {
            std::uint32_t have = 0;
            std::memcpy(&have, at + I, 4);
            return (have | fold<I>) == want<I> && same<I + 4>(at);
        } else if constexpr (I < Word.size) {
            return same_octet(at[I], I) && same<I + 1>(at);
        } else {
            return true;
        }
    }
    /// The bit by which the cases of a letter differ; nothing else becomes that letter by it.
    template <std::size_t I>
    static constexpr auto four(auto const& of) noexcept {
        return std::bit_cast<std::uint32_t>(std::array<char, 4>{
            of(Word.text[I]), of(Word.text[I + 1]), of(Word.text[I + 2]), of(Word.text[I + 3])});
    }
    template <std::size_t I>
    static constexpr std::uint32_t fold =
        four<I>([](char c) { return !Exact && wire::alpha.contains(c) ? char{0x20} : char{0}; });
    template <std::size_t I>
    static constexpr std::uint32_t want =
        four<I>([](char c) { return Exact ? c : wire::to_lower(c); });
};
template <word_text Word>
inline constexpr word_is<Word, false> word{};
template <word_text Word>
inline constexpr word_is<Word, true> exactly{};

/// Nothing more follows.
struct end_of_text : leaf<end_of_text> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        frame_of(context).looked_at(first);
        return first == last;
    }
};
inline constexpr end_of_text end{};

/// Goes on only where a departure from the grammar is allowed.
template <bool leniency::* Option>
struct allowed_leaf : leaf<allowed_leaf<Option>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*&, char const* const&, Context const& context,
                                      RContext&, Attribute&) const {
        return frame_of(context).allow.*Option;
    }
};
template <bool leniency::* Option>
inline constexpr allowed_leaf<Option> allowed{};

/// Calls `Action{}(frame, at)`, which says whether to go on.
template <class Action>
struct call_leaf : leaf<call_leaf<Action>> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const&,
                                      Context const& context, RContext&, Attribute&) const {
        return Action{}(frame_of(context), static_cast<char const*>(first));
    }
};
template <class Action>
inline constexpr call_leaf<Action> call{};

/// Base of the directives: no attribute, whatever the subject.
template <class Subject, class Derived>
struct directive : x3::unary_parser<Subject, Derived> {
    using x3::unary_parser<Subject, Derived>::unary_parser;
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
};
template <template <class> class Directive>
struct directive_maker {
    template <class Subject>
    constexpr auto operator[](Subject const& subject) const {
        using parser = typename x3::extension::as_parser<Subject>::value_type;
        return Directive<parser>(x3::as_parser(subject));
    }
};

/// Calls `Action{}(frame, matched)` behind a match; the action says whether to go on.
template <class Action>
struct then_maker {
    template <class Subject>
    struct type : directive<Subject, type<Subject>> {
        using directive<Subject, type<Subject>>::directive;
        template <class Context, class RContext, class Attribute>
        [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                          Context const& context, RContext& rcontext,
                                          Attribute&) const {
            char const* const from = first;
            if (!this->subject.parse(first, last, context, rcontext, x3::unused)) return false;
            if (Action{}(frame_of(context),
                         std::string_view(from, static_cast<std::size_t>(first - from))))
                return true;
            first = from;
            return false;
        }
    };
};
template <class Action>
inline constexpr directive_maker<then_maker<Action>::template type> then{};

/// Puts what matched into a member of the frame's value.
template <auto Member>
struct store {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.*Member = matched;
        return true;
    }
};
template <auto Member>
inline constexpr directive_maker<then_maker<store<Member>>::template type> keep{};

/// Within the subject, failures have another code.
template <error Code>
struct failing_maker {
    template <class Subject>
    struct type : directive<Subject, type<Subject>> {
        using directive<Subject, type<Subject>>::directive;
        template <class Context, class RContext, class Attribute>
        bool parse(char const*& first, char const* const& last, Context const& context,
                   RContext& rcontext, Attribute&) const {
            auto& f = frame_of(context);
            error const before = f.code;
            f.code = Code;
            bool const matched = this->subject.parse(first, last, context, rcontext, x3::unused);
            f.code = before;
            return matched;
        }
    };
};
template <error Code>
inline constexpr directive_maker<failing_maker<Code>::template type> failing_with{};

/// `Min` to `Max` times, as often as it goes.
template <std::size_t Min, std::size_t Max>
struct times_maker {
    template <class Subject>
    struct type : directive<Subject, type<Subject>> {
        using directive<Subject, type<Subject>>::directive;
        template <class Context, class RContext, class Attribute>
        bool parse(char const*& first, char const* const& last, Context const& context,
                   RContext& rcontext, Attribute&) const {
            char const* const from = first;
            std::size_t n = 0;
            while (n < Max && this->subject.parse(first, last, context, rcontext, x3::unused)) ++n;
            if (n >= Min) return true;
            first = from;
            return false;
        }
    };
};
template <std::size_t Min, std::size_t Max = Min>
inline constexpr directive_maker<times_maker<Min, Max>::template type> times{};

/// Does what the subject's own `parse` does, all in one function. The compilers, left alone, make
/// of a long sequence a chain of calls, with all that it works on in memory.
template <class Parser, class Context, class RContext>
[[gnu::always_inline]] inline bool parse_inline(Parser const& p, char const*& first,
                                                char const* const& last, Context const& context,
                                                RContext& rcontext) {
    return p.parse(first, last, context, rcontext, x3::unused);
}
template <class Left, class Right, class Context, class RContext>
[[gnu::always_inline]] inline bool parse_inline(x3::sequence<Left, Right> const& p,
                                                char const*& first, char const* const& last,
                                                Context const& context, RContext& rcontext) {
    char const* const from = first;
    if (parse_inline(p.left, first, last, context, rcontext) &&
        parse_inline(p.right, first, last, context, rcontext))
        return true;
    first = from;
    return false;
}
template <class Left, class Right, class Context, class RContext>
[[gnu::always_inline]] inline bool parse_inline(x3::alternative<Left, Right> const& p,
                                                char const*& first, char const* const& last,
                                                Context const& context, RContext& rcontext) {
    return parse_inline(p.left, first, last, context, rcontext) ||
           parse_inline(p.right, first, last, context, rcontext);
}
template <class Subject, class Context, class RContext>
[[gnu::always_inline]] inline bool parse_inline(x3::optional<Subject> const& p, char const*& first,
                                                char const* const& last, Context const& context,
                                                RContext& rcontext) {
    parse_inline(p.subject, first, last, context, rcontext);
    return true;
}
template <class Subject, class Context, class RContext>
[[gnu::always_inline]] inline bool parse_inline(x3::not_predicate<Subject> const& p,
                                                char const*& first, char const* const& last,
                                                Context const& context, RContext& rcontext) {
    char const* at = first;
    return !parse_inline(p.subject, at, last, context, rcontext);
}
template <class Subject>
struct inlined_directive : directive<Subject, inlined_directive<Subject>> {
    using directive<Subject, inlined_directive<Subject>>::directive;
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext& rcontext,
                                      Attribute&) const {
        char const* at = first;  // whose address nobody has
        char const* const stop = last;
        bool const matched = parse_inline(this->subject, at, stop, context, rcontext);
        first = at;
        return matched;
    }
};
inline constexpr directive_maker<inlined_directive> inlined{};

/// The contrary: a function of its own, lest what is rare get in the way of what is usual. It works
/// on a copy of a quick frame, so that the caller's may stay in registers.
template <class Subject>
struct apart_directive : directive<Subject, apart_directive<Subject>> {
    using directive<Subject, apart_directive<Subject>>::directive;
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        auto& f = frame_of(context);
        if constexpr (std::remove_reference_t<decltype(f)>::takes_notes) {
            return this->subject.parse(first, last, context, x3::unused, x3::unused);
        } else {
            auto const [at, refused] = run(first, last, f);
            if (refused) return f.refuse({}, nullptr);
            if (at == nullptr) return false;
            first = at;
            return true;
        }
    }

   private:
    struct outcome {
        char const* at;  ///< behind what matched; null where nothing did
        bool refused;
    };
    template <class Frame>
    [[gnu::noinline]] outcome run(char const* first, char const* last, Frame f) const {
        auto const context = x3::make_context<frame_tag>(f);
        bool const matched = this->subject.parse(first, last, context, x3::unused, x3::unused);
        return {matched ? first : nullptr, f.refused};
    }
};
inline constexpr directive_maker<apart_directive> apart{};

}  // namespace msrp::inline v0::detail::grammar
