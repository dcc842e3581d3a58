"""The Currencies resource: which currencies an organisation may use.

Evidence: GET and PUT, that a currency cannot be removed and that more than one depends on the
plan are documented (Currencies; Organisation actions). Wordings are unsure. Documents in another
currency than the organisation's own are not modelled and answer 501.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import BaseResource, Findings, attempt
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import Element, ListPage, ListQuery, Outcome, WriteOptions
from fauxero.accounting.side_rows import Currency
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Plans with more than one currency (documented in Xero's price lists; the codes in the OpenAPI
# file). The demo company of a real Xero has it too; here DEMO stands for the small plan.
MANY_CURRENCIES = ("PREMIUM", "ULTIMATE", "COMPREHENSIVE", "ULTRA")

_FIELDS = {
    "code": Field(TEXT, lambda row: row.id),
    "description": Field(TEXT, lambda row: row.description),
}


def allows_many(books: Books) -> bool:
    return books.organisation.edition_class.startswith(MANY_CURRENCIES)


def is_subscribed(books: Books, code: str) -> bool:
    return code in books.side.currencies


def base_currency(books: Books) -> Currency:
    code = books.organisation.base_currency
    return Currency(code, CURRENCIES.get(code, code))


def currency_element(currency: Currency) -> Element:
    return {"Code": currency.id, "Description": currency.description}


class CurrenciesResource(BaseResource):
    name = "Currencies"
    element_name = "Currency"
    id_field = "Code"
    methods = frozenset({"GET", "PUT"})
    summarizes_errors = False

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[Currency] = Ordered(lambda row: (row.id,))
        for row in books.side.currencies:
            in_order.add(row)
        selection = Selection(books.side.currencies, in_order, _FIELDS, {})
        # Xero: documented; Currencies take no If-Modified-Since.
        selection.apply(replace(query, modified_since=None))
        return answer(selection, query, paged=False, full=currency_element, thin=currency_element)

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books, element, lambda found: _create(books, element, found), id_field=self.id_field
        )


def _create(books: Books, element: Element, findings: Findings) -> Element:
    code = (fields.text(element, "Code") or "").upper()
    if code not in CURRENCIES:
        findings.errors.append(f"'{code}' is not a valid currency code.")
    elif code != books.organisation.base_currency and not allows_many(books):
        findings.errors.append("The organisation's plan does not allow multiple currencies.")
    findings.refuse_if_any()
    description = fields.text(element, "Description") or CURRENCIES[code]
    known = books.side.currencies.get(code)
    return currency_element(known or books.side.currencies.put(Currency(code, description)))


_NAMES = """
AED United Arab Emirates Dirham;AFN Afghan Afghani;ALL Albanian Lek;AMD Armenian Dram
ANG Netherlands Antillean Guilder;AOA Angolan Kwanza;ARS Argentine Peso;AUD Australian Dollar
AWG Aruban Florin;AZN Azerbaijani Manat;BAM Bosnia-Herzegovina Convertible Mark
BBD Barbadian Dollar;BDT Bangladeshi Taka;BGN Bulgarian Lev;BHD Bahraini Dinar
BIF Burundian Franc;BMD Bermudian Dollar;BND Brunei Dollar;BOB Bolivian Boliviano
BRL Brazilian Real;BSD Bahamian Dollar;BTN Bhutanese Ngultrum;BWP Botswana Pula
BYN Belarusian Ruble;BZD Belize Dollar;CAD Canadian Dollar;CDF Congolese Franc;CHF Swiss Franc
CLP Chilean Peso;CNY Chinese Yuan;COP Colombian Peso;CRC Costa Rican Colon;CUP Cuban Peso
CVE Cape Verdean Escudo;CZK Czech Koruna;DJF Djiboutian Franc;DKK Danish Krone
DOP Dominican Peso;DZD Algerian Dinar;EGP Egyptian Pound;ERN Eritrean Nakfa;ETB Ethiopian Birr
EUR Euro;FJD Fijian Dollar;FKP Falkland Islands Pound;GBP British Pound;GEL Georgian Lari
GHS Ghanaian Cedi;GIP Gibraltar Pound;GMD Gambian Dalasi;GNF Guinean Franc
GTQ Guatemalan Quetzal;GYD Guyanese Dollar;HKD Hong Kong Dollar;HNL Honduran Lempira
HRK Croatian Kuna;HTG Haitian Gourde;HUF Hungarian Forint;IDR Indonesian Rupiah
ILS Israeli New Shekel;INR Indian Rupee;IQD Iraqi Dinar;IRR Iranian Rial;ISK Icelandic Krona
JMD Jamaican Dollar;JOD Jordanian Dinar;JPY Japanese Yen;KES Kenyan Shilling
KGS Kyrgyzstani Som;KHR Cambodian Riel;KMF Comorian Franc;KPW North Korean Won
KRW South Korean Won;KWD Kuwaiti Dinar;KYD Cayman Islands Dollar;KZT Kazakhstani Tenge
LAK Lao Kip;LBP Lebanese Pound;LKR Sri Lankan Rupee;LRD Liberian Dollar;LSL Lesotho Loti
LYD Libyan Dinar;MAD Moroccan Dirham;MDL Moldovan Leu;MGA Malagasy Ariary;MKD Macedonian Denar
MMK Myanmar Kyat;MNT Mongolian Tugrik;MOP Macanese Pataca;MRU Mauritanian Ouguiya
MUR Mauritian Rupee;MVR Maldivian Rufiyaa;MWK Malawian Kwacha;MXN Mexican Peso
MYR Malaysian Ringgit;MZN Mozambican Metical;NAD Namibian Dollar;NGN Nigerian Naira
NIO Nicaraguan Cordoba;NOK Norwegian Krone;NPR Nepalese Rupee;NZD New Zealand Dollar
OMR Omani Rial;PAB Panamanian Balboa;PEN Peruvian Sol;PGK Papua New Guinean Kina
PHP Philippine Peso;PKR Pakistani Rupee;PLN Polish Zloty;PYG Paraguayan Guarani
QAR Qatari Riyal;RON Romanian Leu;RSD Serbian Dinar;RUB Russian Ruble;RWF Rwandan Franc
SAR Saudi Riyal;SBD Solomon Islands Dollar;SCR Seychellois Rupee;SDG Sudanese Pound
SEK Swedish Krona;SGD Singapore Dollar;SHP Saint Helena Pound;SLE Sierra Leonean Leone
SOS Somali Shilling;SRD Surinamese Dollar;STN Sao Tome and Principe Dobra;SVC Salvadoran Colon
SYP Syrian Pound;SZL Swazi Lilangeni;THB Thai Baht;TJS Tajikistani Somoni;TMT Turkmen Manat
TND Tunisian Dinar;TOP Tongan Paʻanga;TRY Turkish Lira;TTD Trinidad and Tobago Dollar
TWD New Taiwan Dollar;TZS Tanzanian Shilling;UAH Ukrainian Hryvnia;UGX Ugandan Shilling
USD United States Dollar;UYU Uruguayan Peso;UZS Uzbekistani Som;VES Venezuelan Bolivar
VND Vietnamese Dong;VUV Vanuatu Vatu;WST Samoan Tala;XAF Central African CFA Franc
XCD East Caribbean Dollar;XOF West African CFA Franc;XPF CFP Franc;YER Yemeni Rial
ZAR South African Rand;ZMW Zambian Kwacha
"""
CURRENCIES = {
    name[:3]: name[4:] for line in _NAMES.strip().splitlines() for name in line.split(";")
}
