"""Sentences that chapters write, in the first of their languages that has a translation here, else in English."""

from __future__ import annotations

from solidarity.demonstration.chapters.model import Actor

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "women": "{partner} has read this report before it was sent, and asks for more work with young fathers.",
        "next": "Next: {planned}.",
        "nil": "Holidays and exams: nothing was held in this quarter.",
        "budget": "The room costs more than we had asked for.",
        "target": "The first two quarters went better than we had thought.",
    },
    "fr": {
        "women": "{partner} a lu ce rapport avant l’envoi et demande plus de travail avec les jeunes pères.",
        "next": "La suite : {planned}.",
        "nil": "Vacances et examens : rien n’a eu lieu ce trimestre.",
        "budget": "La salle coûte plus que prévu.",
        "target": "Les deux premiers trimestres se sont mieux passés que prévu.",
    },
    "es": {
        "women": "{partner} leyó este informe antes del envío y pide más trabajo con padres jóvenes.",
        "next": "Lo que sigue: {planned}.",
        "nil": "Vacaciones y exámenes: no hubo actividades en este trimestre.",
        "budget": "La sala cuesta más de lo previsto.",
        "target": "Los dos primeros trimestres fueron mejores de lo que pensábamos.",
    },
    "pt": {
        "women": "{partner} leu este relatório antes do envio e pede mais trabalho com pais jovens.",
        "next": "A seguir: {planned}.",
        "nil": "Férias e provas: nada aconteceu neste trimestre.",
        "budget": "A sala custa mais do que o previsto.",
        "target": "Os dois primeiros trimestres foram melhores do que pensávamos.",
    },
    "ar": {
        "women": "قرأت {partner} هذا التقرير قبل إرساله وتطلب مزيدًا من العمل مع الآباء الشباب.",
        "next": "الخطوة التالية: {planned}.",
        "nil": "عطلة وامتحانات: لم يُعقد أي نشاط في هذا الربع.",
        "budget": "تكلفة القاعة أعلى مما توقعنا.",
        "target": "كان الربعان الأولان أفضل مما توقعنا.",
    },
    "ru": {
        "women": "{partner}: отчёт прочитан до отправки; просят больше работать с молодыми отцами.",
        "next": "Дальше: {planned}.",
        "nil": "Каникулы и экзамены: в этом квартале мероприятий не было.",
        "budget": "Зал стоит дороже, чем мы думали.",
        "target": "Первые два квартала прошли лучше, чем мы думали.",
    },
    "zh": {
        "women": "{partner}在提交前阅读了本报告，希望更多地与年轻父亲开展工作。",
        "next": "下一步：{planned}。",
        "nil": "假期和考试：本季度没有举办活动。",
        "budget": "场地费用比预计的高。",
        "target": "前两个季度比我们预想的要好。",
    },
}


def phrase(code: str, actor: Actor) -> str:
    """Return a sentence in a language of the chapter, or in English."""
    language = next((candidate for candidate in actor.languages if candidate in PHRASES), "en")
    activity = actor.planned[-1]
    return PHRASES[language][code].format(partner=actor.partner, planned=activity)
