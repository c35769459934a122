"""Home regions read from addresses as registers write them."""

import pytest

from kotim_social.lib.nik import Nik, parse_nik
from kotim_social.regions.matching import RegionIndex, current_index, find_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> RegionIndex:
    return current_index()


def nik(prefix: str) -> Nik:
    return parse_nik(f"{prefix}5003950001")


PLAIN = [
    ("Kec. Mendoyo, Kabupaten Jembrana, Bali", "51.01", "Mendoyo"),
    ("Banyuwangi - Jawa Timur", "35.10", None),
    ("BANYUWANGI-JATIM", "35.10", None),
    ("Kec. Balung, Jember, Jatim", "35.09", "Balung"),
    ("Kodya Semarang", "33.74", None),
    ("Kodya Semarang - Jateng", "33.74", None),
    ("Kab Lumajang", "35.08", None),
    ("KAB.LUMAJANG", "35.08", None),
    ("kablumajang jatim", "35.08", None),
    ("Kota Palangkaraya, Kalteng", "62.71", None),
    ("Palangka Raya", "62.71", None),
    ("Kec. Bukit Batu, Kodya Palangkaraya, Kalimantan Tengah", "62.71", "Bukit Batu"),
    ("RT 02 RW 03 Ds. Sukorejo Kec. Balung Kab. Jember", "35.09", "Balung"),
    ("Prov. Jawa Timur Kab. Jember Kec. Ambulu Desa Sabrang", "35.09", "Ambulu"),
    ("Jatim, Jember, Kec Balung", "35.09", "Balung"),
    ("Kec.Kedungwaru,Kab.Tulungagung", "35.04", "Kedungwaru"),
    ("Kecamatan: Balung Kabupaten: Jember", "35.09", "Balung"),
    ("Kec. Bandung, Kabupaten Tulungagung, Jatim", "35.04", "Bandung"),
    ("Bandung, Tulungagung", "35.04", "Bandung"),
    ("Kec. Semarang Barat, Kodya Semarang, Jateng", "33.74", "Semarang Barat"),
    ("Kec. Klungkung, Kabupaten Klungkung, Bali", "51.05", "Klungkung"),
    ("Klungkung, Klungkung, Bali", "51.05", "Klungkung"),
    ("Kec. Donri Donri, Soppeng", "73.12", "Donri-Donri"),
    ("Kec. Kota, Kab. Kudus", "33.19", "Kota Kudus"),
    ("Kec. Kota Agung, Tanggamus, Lampung", "18.06", "Kota Agung"),
    ("Kec. Kandangan, Hulu Sungai Selatan, Kalsel", "63.06", "Kandangan"),
    ("Kab. Lombok Tengah - Nusa Tenggara Barat", "52.02", None),
    ("Kab. Toli-toli", "72.04", None),
    ("Kab Banjar - Kalsel", "63.03", None),
    ("Kotabaru, Kalsel", "63.02", None),
    ("Jakarta Selatan", "31.74", None),
    ("Wonosari, Gunung Kidul, Jogja", "34.03", "Wonosari"),
    ("Jl. Raya Malang No. 5, Jember", "35.09", None),
    ("Ds. Karang Malang, Kec. Masaran, Kab. Sragen", "33.14", "Masaran"),
    ("Soerabaja", "35.78", None),
    ("Banjoewangi, Jawa Timoer", "35.10", None),
    ("Kediri Kota", "35.71", None),
    ("Malang (Kota)", "35.73", None),
    ("Sampit", "62.02", None),
]


@pytest.mark.parametrize(("text", "regency", "district"), PLAIN)
def test_address_is_understood_without_doubt(
    index: RegionIndex, text: str, regency: str, district: str | None
) -> None:
    match = index.find(text)
    found = index.districts[match.district_code] if match.district_code else None
    assert (match.regency_code, found) == (regency, district)
    assert match.province_code == regency[:2]
    assert match.certain


@pytest.mark.parametrize(
    ("text", "regency"),
    [("Malang", "35.07"), ("Kediri, Jatim", "35.06"), ("Banjar", "63.03"), ("Semarang", "33.22")],
)
def test_bare_name_of_both_kinds_is_the_kabupaten_and_says_so(
    index: RegionIndex, text: str, regency: str
) -> None:
    match = index.find(text)
    assert (match.regency_code, match.certain) == (regency, False)
    assert text in match.sentence


def test_kecamatan_decides_before_the_nik(index: RegionIndex) -> None:
    match = index.find("Kec. Klojen, Malang", nik=nik("350725"))
    assert (match.regency_code, match.certain) == ("35.73", True)


def test_nik_decides_between_kabupaten_and_kota(index: RegionIndex) -> None:
    assert index.find("Malang", nik=nik("357301")).regency_code == "35.73"
    assert index.find("Malang", nik=nik("350725")).regency_code == "35.07"
    assert index.find("Malang", nik=nik("357301")).certain
    elsewhere = index.find("Malang", nik=nik("351007"))
    assert (elsewhere.regency_code, elsewhere.certain) == ("35.07", False)


def test_kecamatan_alone(index: RegionIndex) -> None:
    only_one = index.find("Kec. Balung")
    assert (only_one.regency_code, only_one.certain) == ("35.09", True)
    many = index.find("Kec. Sumber")
    assert (many.regency_code, many.certain) == (None, False)
    assert many.sentence
    assert index.find("Kec. Sumber", nik=nik("351306")).regency_code == "35.13"
    born = index.find("Kec. Sumber", birth_place="Probolinggo")
    assert (born.regency_code, born.certain) == ("35.13", False)
    assert index.find("Kec. Balung, Bali").regency_code is None


@pytest.mark.parametrize(
    ("text", "regency", "certain"),
    [
        ("Kab. Jembar, Jatim", "35.09", True),
        ("Bojonegor - Jatim", "35.22", True),
        ("Bojonegor", "35.22", False),
        ("Hulu Sungai Selatn, Kalsel", "63.06", True),
        ("Banyuwangi - Jawa Tmur", "35.10", True),
    ],
)
def test_one_typing_error(index: RegionIndex, text: str, regency: str, certain: bool) -> None:
    match = index.find(text)
    assert (match.regency_code, match.certain) == (regency, certain)


def test_typing_error_in_the_kecamatan(index: RegionIndex) -> None:
    match = index.find("Kec. Balungg, Kab. Jember, Jatim")
    assert index.districts[match.district_code or ""] == "Balung"


@pytest.mark.parametrize(
    "text",
    ["Kab. Jember, Bali", "Kota Jember", "Kec. Balung, Kab. Banyuwangi", "Kab. Malang/Kota Malang"],
)
def test_contradiction_is_a_doubt_with_a_sentence(index: RegionIndex, text: str) -> None:
    match = index.find(text)
    assert match.regency_code is not None
    assert not match.certain
    assert match.sentence


@pytest.mark.parametrize(
    ("text", "province"), [("Jawa Timur", "35"), ("DKI Jakarta", "31"), ("Lampung", "18")]
)
def test_province_alone(index: RegionIndex, text: str, province: str) -> None:
    match = index.find(text)
    assert (match.regency_code, match.province_code, match.certain) == (None, province, False)
    assert text in match.sentence


@pytest.mark.parametrize(
    "text", ["Arab Saudi", "xyz", "???", "", "  ", "-", ",,,", "\x00", "12345"]
)
def test_unknown_is_no_region_and_a_sentence(index: RegionIndex, text: str) -> None:
    match = index.find(text, nik=nik("350925"))
    assert (match.regency_code, match.certain) == (None, False)
    assert match.sentence


def test_strange_and_long_text_is_read_in_bounded_time(index: RegionIndex) -> None:
    for text in ("kab " * 2_000, "jember " * 2_000, "hulu sungai selatn " * 1_000, "a" * 20_000):
        assert index.find(text) is not None


def test_look_ups_cost_no_query(index: RegionIndex, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        for text, _regency, _district in PLAIN:
            find_region(text, index=index, nik=nik("350725"))


def test_index_costs_three_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(3):
        RegionIndex.from_database()


def test_earlier_codes_stay_known(index: RegionIndex) -> None:
    assert index.regency_of_nik(nik("647301")) == "65.71"
    assert index.regency_of_nik(nik("990101")) is None
    assert {"35.09", "64.73", "91.01"} <= index.known_prefixes


def test_every_name_in_the_list_finds_itself(index: RegionIndex) -> None:
    wrong = [
        row.name
        for row in index.regencies.values()
        if index.find(f"{row.name}, {row.province_name}").regency_code != row.code
    ]
    assert wrong == []


def test_every_kecamatan_is_found_in_its_regency(index: RegionIndex) -> None:
    wrong = []
    for code, name in index.districts.items():
        regency = index.regencies[code[:5]]
        match = index.find(f"Kec. {name}, {regency.name}, {regency.province_name}")
        if (match.regency_code, match.district_code) != (regency.code, code):
            wrong.append((name, regency.name, match))
    assert wrong == []
