"""The report of a journey: what was planned, who travelled, what happened, what it cost."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum

from kotim_social.documents.blocks import Block, Facts, Paragraph, Title
from kotim_social.documents.paper import (
    CONFIDENTIAL,
    Paper,
    PaperNumber,
    build_paper,
    printed_line,
)
from kotim_social.documents.signatories import signature_block
from kotim_social.documents.signatures import SignatureBlock, Signatures
from kotim_social.documents.table import Column, Table
from repatriation import rules
from repatriation.models import Batch, Cost, Incident
from repatriation.papers.ground import (
    BLANK,
    Printing,
    day_or_blank,
    escorts_data,
    head_of,
    iso,
    leg_facts,
    legs_data,
    place_and_day,
)
from repatriation.papers.handover import HAPPENED

COSTS = {
    Cost.Category.TICKETS: "Tiket",
    Cost.Category.VEHICLE: "Kendaraan",
    Cost.Category.MEALS: "Makan",
    Cost.Category.LODGING: "Penginapan",
    Cost.Category.ALLOWANCE: "Uang harian pendamping",
    Cost.Category.HEALTH: "Kesehatan",
    Cost.Category.OTHER: "Lainnya",
}


def trip_data(batch: Batch, *, day: date) -> dict[str, Any]:
    """Counts and sums of the journey, as JSON; incidents without names."""
    members = batch.members.on_manifest().with_journey()  # type: ignore[attr-defined]
    states = [member.journey_state for member in members]
    spent = batch.costs.filter(struck_at__isnull=True).values_list("category")
    count = rules.count(batch)
    return {
        "code": batch.code,
        "day": day.isoformat(),
        "destination": batch.destination.name,
        "drop_offs": batch.drop_offs,
        "office": batch.receiving_office,
        "departed": iso(batch.departed_on),
        "arrived": iso(batch.arrived_on),
        "handed": iso(batch.handed_over_on),
        "women": count.women,
        "children": count.children,
        "did_not_board": batch.members.filter(did_not_board=True).count(),
        "handed_over": states.count("handed_over"),
        "other_ends": sum(rules.has_outcome(m) for m in members) - states.count("handed_over"),
        "revision": batch.revision,
        "legs": legs_data(batch),
        "escorts": escorts_data(batch),
        **_way_data(batch),
        "costs": [
            [category, total] for category, total in spent.annotate(total=Sum("amount")).order_by()
        ],
    }


def _way_data(batch: Batch) -> dict[str, Any]:
    """Roll-calls and incidents."""
    return {
        "calls": [
            {
                "leg": f"{call.leg.origin} – {call.leg.target}",
                "on": iso(call.called_on),
                "present": call.present,
                "absent": call.absent,
            }
            for call in batch.leg_calls.select_related("leg")
        ],
        "incidents": [
            {
                "on": iso(incident.happened_on),
                "what": HAPPENED[Incident.Kind(incident.kind)],
                "settled": iso(incident.settled_on),
            }
            for incident in batch.incidents.order_by("happened_on", "id")
        ],
    }


def trip_pdf(data: dict[str, Any], number: PaperNumber | None, printing: Printing) -> bytes:
    day = date.fromisoformat(data["day"])
    head = head_of(data["escorts"])
    blocks: list[Block | Table] = [
        Title(
            ["Laporan Perjalanan Rombongan"],
            under=[f"Nomor {number.number if number else BLANK}", data["code"]],
        ),
        Facts([*_facts(data), *leg_facts(data["legs"])]),
        _calls(data["calls"]),
        _incidents(data["incidents"]),
        _costs(data["costs"]),
        Paragraph("Demikian laporan ini dibuat dengan sebenarnya.", align="justify"),
        Signatures(
            [
                signature_block("kabid", day, lead="Mengetahui,"),
                SignatureBlock("Ketua Rombongan", head["name"], rank=head["rank"], nip=head["nip"]),
            ],
            place_and_date=place_and_day(day),
        ),
    ]
    printed = printed_line(printing.by, printing.at)
    return build_paper(
        Paper(blocks=blocks, number=number, classification=CONFIDENTIAL, printed=printed)
    )


def _facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    escorts = "; ".join(escort["name"] for escort in data["escorts"]) or "–"
    travelled = f"{data['women']} dewasa, {data['children']} anak"
    return [
        ("Tujuan", data["destination"]),
        ("Tempat turun", data["drop_offs"] or "–"),
        ("Diterima oleh", data["office"] or "–"),
        ("Berangkat", day_or_blank(data["departed"])),
        ("Tiba", day_or_blank(data["arrived"])),
        ("Serah terima", day_or_blank(data["handed"])),
        ("Yang berangkat", f"{travelled}; tidak naik {data['did_not_board']} orang"),
        ("Diserahterimakan", f"{data['handed_over']} orang; lainnya {data['other_ends']} orang"),
        ("Manifes terakhir", f"revisi {data['revision']}"),
        ("Pendamping", escorts),
    ]


def _calls(calls: list[dict[str, Any]]) -> Table:
    columns = [
        Column("Perjalanan", 8),
        Column("Tanggal", 4),
        Column("Hadir", 2, "number"),
        Column("Tidak hadir", 2, "number"),
    ]
    rows = [[c["leg"], day_or_blank(c["on"]), c["present"], c["absent"]] for c in calls]
    return Table(columns, rows, caption="Pemanggilan nama", page_totals=False)


def _incidents(incidents: list[dict[str, Any]]) -> Table:
    columns = [Column("Tanggal", 4), Column("Kejadian", 8), Column("Selesai", 4)]
    rows = [
        [day_or_blank(i["on"]), i["what"], day_or_blank(i["settled"]) if i["settled"] else "belum"]
        for i in incidents
    ]
    return Table(columns, rows, caption="Kejadian di perjalanan", page_totals=False)


def _costs(costs: list[list[Any]]) -> Table:
    columns = [Column("Biaya", 10), Column("Jumlah (Rp)", 5, "money")]
    rows = [[COSTS[Cost.Category(category)], total] for category, total in costs]
    return Table(columns, rows, caption="Biaya", page_totals=False, grand_total="JUMLAH BIAYA")
