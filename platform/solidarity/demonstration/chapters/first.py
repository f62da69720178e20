"""The first three invented chapters: Recife, Huye and Irbid. A demonstration of three has these."""

from __future__ import annotations

from solidarity.demonstration.chapters.model import Actor, PlannedActivity, Scenario, TeamMember
from tenants.action_kit.activities.models import ActivityKind
from tenants.people.permissions import Role

RECIFE = Actor(
    slug="recife",
    name="ElesPorElas Recife",
    campaign_name="ElesPorElas",
    country="BR",
    zone="America/Recife",
    working_week=(1, 2, 3, 4, 5),
    currency="BRL",
    languages=("pt", "en"),
    team=(
        TeamMember("Marina Albuquerque", "marina", Role.FOCAL_POINT),
        TeamMember("Thiago Nascimento", "thiago", Role.COORDINATOR),
        TeamMember("Lúcia Ferraz", "lucia", Role.FINANCE),
        TeamMember("Caio Vasconcelos", "caio", Role.MEMBER),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(
            ActivityKind.DIALOGUE, "Primeira roda de conversa, escola em Casa Amarela", "Casa Amarela", (17, 24, 0)
        ),
        PlannedActivity(ActivityKind.TRAINING, "Formação de facilitadores", "Boa Vista", (9, 11, 0)),
        PlannedActivity(
            ActivityKind.STALL,
            "Banca no mercado da Várzea",
            "Várzea",
            (31, 54, 2),
            "Conversas curtas com quem fazia as compras. Muitos homens voltaram com um amigo.",
        ),
        PlannedActivity(ActivityKind.DIALOGUE, "Roda de conversa, escola em Santo Amaro", "Santo Amaro", (22, 21, 1)),
        PlannedActivity(
            ActivityKind.WORKPLACE, "Conversa na hora do almoço, garagem de ônibus", "Afogados", (4, 38, 0)
        ),
        PlannedActivity(ActivityKind.OTHER, "Sessão de cinema e debate", "Boa Vista", (26, 19, 1)),
    ),
    outcome="Mais homens do Recife dividem o cuidado da casa e falam contra a violência",
    outputs=("Uma equipe de facilitadores preparada", "Escolas e locais de trabalho abrem espaço para a conversa"),
    planned=(
        "Rodas de conversa em quatro escolas",
        "Almoços com motoristas e cobradores",
        "Banca mensal nos mercados públicos",
        "Encontro com pais de primeira viagem",
    ),
    funder="Fundo Maré Alta",
    budget=48_000,
    event="Lançamento do ElesPorElas Recife",
    event_place="Pátio de São Pedro",
    partner="Coletiva Mulheres do Capibaribe",
    lesson="Nas garagens, quem convence é um colega de trabalho, não um convidado.",
)

HUYE = Actor(
    slug="huye",
    name="HeForShe Huye",
    campaign_name="HeForShe",
    country="RW",
    zone="Africa/Kigali",
    working_week=(1, 2, 3, 4, 5),
    currency="RWF",
    languages=("rw", "en", "fr"),
    team=(
        TeamMember("Emmanuel Habimana", "emmanuel", Role.FOCAL_POINT),
        TeamMember("Claudine Uwase", "claudine", Role.DEPUTY),
    ),
    scenario=Scenario.HANDED_OVER,
    planned_activities=(
        PlannedActivity(ActivityKind.STALL, "Stall on market day", "Huye", (12, 21, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Evening talk in the student hall", "Huye", (18, 27, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Peer educators, first day", "Huye", (8, 9, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Talk after the football match", "Tumba", (6, 33, 0)),
    ),
    outcome="Students speak up when they see harassment",
    outputs=("Peer educators are ready", "Halls of residence talk about respect"),
    planned=(
        "Train twelve peer educators",
        "Evening talks in three halls",
        "Stall at the freshers' week",
    ),
    funder="Umuganda Student Fund",
    budget=3_600_000,
    event="HeForShe Huye begins",
    event_place="Main auditorium",
    partner="Abakobwa Twese Association",
    lesson="Evening talks fill up when the hall's own representatives invite.",
)

IRBID = Actor(
    slug="irbid",
    name="هو من أجلها – إربد",
    latin_name="HeForShe – Irbid",
    campaign_name="هو من أجلها",
    country="JO",
    zone="Asia/Amman",
    working_week=(7, 1, 2, 3, 4),
    currency="JOD",
    languages=("ar", "en"),
    team=(
        TeamMember("رنا الخطيب", "rana", Role.FOCAL_POINT, "ar"),
        TeamMember("سامر عبيدات", "samer", Role.ME_OFFICER, "ar"),
    ),
    scenario=Scenario.OUTSIDE,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "لقاء تعريفي مع المعلمين", "إربد", (11, 13, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "جلسة حوار مع الطلاب", "إربد", (14, 16, 0)),
        PlannedActivity(ActivityKind.WORKPLACE, "لقاء مع سائقي الحافلات", "إربد", (3, 25, 0)),
        PlannedActivity(ActivityKind.TRAINING, "تدريب الميسّرين", "الحصن", (7, 8, 0)),
        PlannedActivity(ActivityKind.STALL, "ركن توعية في السوق", "إربد", (19, 22, 0)),
    ),
    outcome="رجال إربد يشاركون في رعاية أسرهم ويتحدثون ضد العنف",
    outputs=("فريق من الميسّرين مستعد للعمل", "المدارس وأماكن العمل تفتح باب الحوار"),
    planned=(
        "جلسات حوار في أربع مدارس",
        "لقاءات مع سائقي الحافلات",
        "يوم مفتوح للآباء الجدد",
    ),
    funder="صندوق اليرموك المجتمعي",
    budget=9_000,
    event="إطلاق هو من أجلها في إربد",
    event_place="مركز شباب إربد",
    partner="جمعية نساء الشمال",
    lesson="السائقون يستمعون أكثر حين يبدأ الحديث واحد منهم.",
)

CHAPTERS: tuple[Actor, ...] = (RECIFE, HUYE, IRBID)
