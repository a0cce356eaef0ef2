// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_fields.hpp - the grammar of start lines, header lines and the plain header fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/detail/grammar.hpp>
#include <msrp/detail/grammar_text.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/status.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>

namespace msrp::inline v0::detail::grammar {

/// Digits into a member: exact up to 2^64-1, `number_too_large` at the digit that passes it.
template <auto Member>
struct set_number {
    template <class Frame>
    bool operator()(Frame& f, std::string_view digits) const {
        auto const n = wire::parse_decimal(digits);
        if (!n) return f.refuse(error::number_too_large, digits.data() + n.error().offset);
        f.value.*Member = *n;
        return true;
    }
};
/// Three digits into a member of 16 bits.
template <auto Member>
struct set_code {
    template <class Frame>
    bool operator()(Frame& f, std::string_view digits) const {
        f.value.*Member = static_cast<std::uint16_t>((digits[0] - '0') * 100 +
                                                     (digits[1] - '0') * 10 + (digits[2] - '0'));
        return true;
    }
};
template <auto Member>
inline constexpr auto number = then<set_number<Member>>[some<wire::digit>];
template <auto Member>
inline constexpr auto three_digits = then<set_code<Member>>[from_to<wire::digit, 3, 3>];

// RFC 4975, 9: ident = ALPHANUM 3*31ident-char
//              ident-char = ALPHANUM / "." / "-" / "+" / "%" / "="
inline constexpr auto ident = one<wire::alphanum> >> from_to<ident_char, 3, 31>;
inline constexpr auto ident_text = ident >> end;

// RFC 4975, 9: Byte-Range = "Byte-Range:" SP range-start "-" range-end "/" total
//              range-start = 1*DIGIT    range-end = 1*DIGIT / "*"    total = 1*DIGIT / "*"
struct check_sensible {
    template <class Frame>
    bool operator()(Frame& f, char const* at) const {
        return is_sensible(f.value) || f.refuse(error::bad_byte_range, at);
    }
};
inline constexpr auto byte_range_text = number<&byte_range::start> >> octet<'-'> >>
                                        (number<&byte_range::end> | octet<'*'>) >> octet<'/'> >>
                                        (number<&byte_range::total> | octet<'*'>) >> end
                                        >> call<check_sensible>;

// RFC 4975, 9: Status = "Status:" SP namespace SP status-code [SP comment]
//              namespace = 3(DIGIT)    status-code = 3DIGIT    comment = utf8text
inline constexpr auto status_text = three_digits<&report_status::name_space> >> octet<' '> >>
                                    three_digits<&report_status::code> >>
                                    -(octet<' '> >> keep<&report_status::comment>[utf8text]) >> end;

// RFC 4976, 7: Expires = "Expires:" SP 1*DIGIT, and so Min-Expires, Max-Expires
struct seconds_value {
    std::uint64_t seconds = 0;
};
inline constexpr auto seconds_text = number<&seconds_value::seconds> >> end;

// RFC 4975, 9: Success-Report = "Success-Report:" SP ("yes" / "no" )
//              Failure-Report = "Failure-Report:" SP ("yes" / "no" / "partial" )
struct report_request {
    report_value value = report_value::no;
};
template <report_value Value>
struct set_report {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        f.value.value = Value;
        return true;
    }
};
template <report_value Value>
inline constexpr auto means = call<set_report<Value>>;
inline constexpr auto yes_or_no =
    (word<"yes"> >> means<report_value::yes>) | (word<"no"> >> means<report_value::no>);
inline constexpr auto success_report_text = yes_or_no >> end;
inline constexpr auto failure_report_text =
    (yes_or_no | (word<"partial"> >> means<report_value::partial>)) >> end;

// RFC 4975, 9: req-start  = pMSRP SP transact-id SP method CRLF
//              resp-start = pMSRP SP transact-id SP status-code [SP comment] CRLF
//              pMSRP = %x4D.53.52.50    transact-id = ident
//              method = mSEND / mREPORT / other-method    other-method = 1*UPALPHA
// RFC 4976, 7 (AUTH) and RFC 7701, 7.1 (NICKNAME) are other-methods. Here without the CRLF.
template <class Value>
inline constexpr auto start_line_text =
    exactly<"MSRP "> >>
    failing_with<error::bad_transaction_id>[keep<&Value::transaction_id>[ident] >> octet<' '>] >>
    (keep<&Value::method_name>[some<wire::upper_alpha>] |
     (three_digits<&Value::status> >> -(octet<' '> >> keep<&Value::comment>[utf8text]))) >>
    end;

// RFC 4975, 9: ext-header = hname ":" SP hval    (erratum 1954: without its CRLF)
//              hname = ALPHA [token]             (erratum 1282)    hval = utf8text
// The form of every header line (FRM-9-2, FRM-9-3): names are compared in any case, one SP.
struct find_field {
    template <class Frame>
    bool operator()(Frame& f, std::string_view name) const {
        f.value.id = field_of(name);
        return true;
    }
};
inline constexpr auto some_sp = octet<' '> >> -(allowed<&leniency::several_blanks> >> *octet<' '>);
inline constexpr auto header_line_text =
    then<find_field>[keep<&header_field::name>[one<wire::alpha> >> any<token_char>] >>
                     &octet<':'>] >>
    octet<':'> >> some_sp >> keep<&header_field::value>[utf8text] >> end;

}  // namespace msrp::inline v0::detail::grammar
