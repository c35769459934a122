"""Weighs what an address mentions and decides which kabupaten or kota it means."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kotim_social.regions.gazetteer import Gazetteer
from kotim_social.regions.names import Meaning, fold_place, split_words, within_one_edit
from kotim_social.regions.reading import Mention, Role

SHOWN = 3  # candidates named in a sentence
_PROVINCE_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class RegionMatch:
    """What was found. `sentence` is empty when there is nothing to say about it."""

    regency_code: str | None = None
    district_code: str | None = None
    province_code: str | None = None
    sentence: str = ""
    certain: bool = False


class Decision:
    """Weighs the mentions of one address."""

    def __init__(
        self,
        index: Gazetteer,
        text: str,
        mentions: list[Mention],
        nik_regency: str | None,
        birth_place: str,
    ) -> None:
        self.index = index
        self.text = text
        self.mentions = mentions
        self.nik_regency = nik_regency
        self.birth_place = birth_place
        self.doubts: list[str] = []
        self.remarks: list[str] = []

    def make(self) -> RegionMatch:
        scores = self._scores()
        if not any(mention.meaning.regencies for mention in self.mentions):
            # A kecamatan alone is no ground to leave the province that is written.
            named = self._named_provinces()
            scores = {c: score for c, score in scores.items() if not named or c[:2] in named}
        if not scores:
            return self._unknown()
        best = max(scores.values())
        equals = sorted(code for code, score in scores.items() if score == best)
        regency = equals[0] if len(equals) == 1 else self._choose(equals)
        if regency is None:
            return RegionMatch(
                province_code=self._province(), sentence=" ".join(self.doubts), certain=False
            )
        district = self._district(regency)
        self._check(regency, district)
        return RegionMatch(
            regency_code=regency,
            district_code=district,
            province_code=regency[:2],
            sentence=" ".join(self.doubts + self.remarks),
            certain=not self.doubts,
        )

    # Weights: a marked kabupaten stands above an unmarked name with its province and kecamatan.
    def _scores(self) -> dict[str, int]:
        found = [self._points(mention) for mention in self.mentions]
        scores: dict[str, int] = defaultdict(int)
        for points in found:
            for code, value in points.items():
                scores[code] += value
        for mention, points in zip(self.mentions, found, strict=True):
            for code in scores:
                if code not in points and code[:2] in mention.meaning.provinces:
                    scores[code] += _PROVINCE_WEIGHT
        return scores

    def _points(self, mention: Mention) -> dict[str, int]:
        """What this mention says for each kabupaten or kota."""
        marked = mention.role is not None
        value = 1 if mention.weak or not marked else 2
        points = {code[:5]: value for code in mention.meaning.districts}
        value = 10 if marked else 3 if mention.weak else 5
        if mention.near:
            value -= 1
        for code in self._of_kind(mention):
            points[code] = value
        return points

    def _of_kind(self, mention: Mention) -> set[str]:
        """The kabupaten, or the kota, of this name; all when there is none of the kind stated."""
        codes = mention.meaning.regencies
        if mention.role not in (Role.KABUPATEN, Role.KOTA):
            return codes
        kind = mention.role.value
        return {code for code in codes if self.index.regencies[code].kind == kind} or codes

    def _choose(self, equals: list[str]) -> str | None:
        """Among equals: the NIK decides, then the place of birth, then the kabupaten."""
        if self.nik_regency in equals:
            return self.nik_regency
        born = [code for code in equals if code in self._birth_meaning().regencies]
        kabupaten = [code for code in equals if self.index.regencies[code].kind == "kabupaten"]
        same_name = len({fold_place(self.index.regencies[code].short_name) for code in equals}) == 1
        if len(born) == 1:
            chosen = born[0]
        elif same_name and len(kabupaten) == 1:
            chosen = kabupaten[0]
        else:
            self.doubts.append(
                _("“%(text)s” may mean: %(candidates)s.")
                % {"text": self.text, "candidates": self._labels(equals)}
            )
            return None
        others = [code for code in equals if code != chosen]
        self.doubts.append(
            _("“%(text)s” is taken as %(region)s; it may also mean %(candidates)s.")
            % {
                "text": self.text,
                "region": self.index.label(chosen),
                "candidates": self._labels(others),
            }
        )
        return chosen

    def _labels(self, codes: list[str]) -> str:
        names = [self.index.label(code) for code in codes[:SHOWN]]
        return "; ".join(names) + ("; …" if len(codes) > SHOWN else "")

    def _birth_meaning(self) -> Meaning:
        words = split_words(self.birth_place)
        return self.index.names.longest(words, 0)[1] if words else Meaning()

    def _home_mention(self, regency: str) -> Mention | None:
        """The mention that names the kabupaten: a marked one, else the last."""
        naming = [m for m in self.mentions if regency in m.meaning.regencies]
        marked = [m for m in naming if m.role is not None]
        chosen = marked or naming
        return chosen[-1] if chosen else None

    def _district(self, regency: str) -> str | None:
        home = self._home_mention(regency)
        others = [m for m in self.mentions if m is not home]
        others.sort(key=lambda mention: mention.role is not Role.DISTRICT)
        for mention in others:
            codes = sorted(code for code in mention.meaning.districts if code[:5] == regency)
            if len(codes) == 1 and not (mention.near and mention.role is None):
                return codes[0]
        for mention in others:
            if mention.role is Role.DISTRICT:
                return self._near_district(regency, mention)
        return None

    def _near_district(self, regency: str, mention: Mention) -> str | None:
        """Within one kabupaten one near name is enough, and "Kec. Kota" is its Kota Kudus."""
        key = fold_place(mention.text)
        whole = key + fold_place(self.index.regencies[regency].short_name)
        names = {
            code: fold_place(self.index.districts[code])
            for code in self.index.districts_of(regency)
        }
        codes = [code for code, name in names.items() if name == whole]
        if not codes and len(key) > 3:
            codes = [code for code, name in names.items() if within_one_edit(key, name)]
        return codes[0] if len(codes) == 1 else None

    def _check(self, regency: str, district: str | None) -> None:
        """Says what in the address does not agree with what was chosen."""
        self._check_kind(regency)
        self._check_province(regency)
        self._check_district(regency, district)
        self._check_support(regency, district)

    def _check_kind(self, regency: str) -> None:
        home = self._home_mention(regency)
        row = self.index.regencies[regency]
        stated = home.role if home else None
        if stated in (Role.KABUPATEN, Role.KOTA) and stated.value != row.kind:
            self.doubts.append(
                _("“%(text)s” is taken as %(region)s.")
                % {"text": self.text, "region": self.index.label(regency)}
            )

    def _check_province(self, regency: str) -> None:
        named = self._named_provinces(regency)
        if named and regency[:2] not in named:
            names = ", ".join(self.index.provinces[code] for code in sorted(named))
            self.doubts.append(
                _("%(region)s is not in the province written: %(province)s.")
                % {"region": self.index.label(regency), "province": names}
            )

    def _named_provinces(self, regency: str | None = None) -> set[str]:
        """Provinces named by words that name nothing else that was taken."""
        home = self._home_mention(regency) if regency else None
        named: set[str] = set()
        for mention in self.mentions:
            if mention is home or not mention.meaning.provinces or mention.weak:
                continue
            named |= mention.meaning.provinces
        return named

    def _province(self) -> str | None:
        named = self._named_provinces()
        return named.pop() if len(named) == 1 else None

    def _check_district(self, regency: str, district: str | None) -> None:
        stated = [m for m in self.mentions if m.role is Role.DISTRICT]
        if district is not None or not stated:
            return
        elsewhere = any(mention.meaning.districts and not mention.near for mention in stated)
        (self.doubts if elsewhere else self.remarks).append(
            _("There is no kecamatan “%(district)s” in %(region)s.")
            % {"district": stated[0].text.title(), "region": self.index.label(regency)}
        )

    def _check_support(self, regency: str, district: str | None) -> None:
        """A name with a typing error, or one that is a province's too, needs a second witness."""
        home = self._home_mention(regency)
        row = self.index.regencies[regency]
        witnessed = (
            regency[:2] in self._named_provinces(regency)
            or self.nik_regency == regency
            or (district is not None and home is not None)
        )
        if home is None:
            if not any(m.role is Role.DISTRICT and not m.near for m in self.mentions):
                witnessed = self.nik_regency == regency
            else:
                witnessed = True
            reading = _("“%(text)s” names no kabupaten; its kecamatan is in %(region)s.")
        elif home.near:
            reading = _("“%(text)s” is read as %(region)s.")
        elif home.role is None and (home.meaning.provinces or home.weak):
            reading = _("“%(text)s” is taken as %(region)s.")
        else:
            return
        sentence = reading % {"text": self.text, "region": f"{row.name}, {row.province_name}"}
        (self.remarks if witnessed else self.doubts).append(sentence)

    def _unknown(self) -> RegionMatch:
        province = self._province()
        if province:
            sentence = _("“%(text)s” names the province, but no kabupaten or kota that is known.")
        else:
            sentence = _("No kabupaten or kota is known by “%(text)s”.")
        return RegionMatch(province_code=province, sentence=sentence % {"text": self.text})
