"""Invented chapters of West and Central Africa."""

from __future__ import annotations

from solidarity.demonstration.chapters.model import Actor, PlannedActivity, Scenario, TeamMember
from tenants.action_kit.activities.models import ActivityKind
from tenants.people.permissions import Role

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)

THIES = Actor(
    slug="thies",
    name="HeForShe Thiès",
    campaign_name="HeForShe",
    country="SN",
    zone="Africa/Dakar",
    working_week=MONDAY_TO_FRIDAY,
    currency="XOF",
    languages=("fr", "wo"),
    team=(
        TeamMember("Ndèye Awa Sarr", "awa", Role.FOCAL_POINT),
        TeamMember("Modou Ndiongue", "modou", Role.COORDINATOR),
        TeamMember("Coumba Thiandoum", "coumba", Role.FINANCE),
        TeamMember("Aliou Badiane", "aliou", Role.MEMBER),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(
            ActivityKind.DIALOGUE, "Causerie avec les chauffeurs de la gare routière", "Thiès Nord", (5, 32, 0)
        ),
        PlannedActivity(ActivityKind.DIALOGUE, "Cercle de parole au lycée", "Quartier Dixième", (21, 26, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Formation des animateurs de quartier", "Randoulène", (9, 10, 0)),
        PlannedActivity(
            ActivityKind.STALL,
            "Stand au marché central",
            "Centre-ville",
            (44, 51, 1),
            "Beaucoup de pères se sont arrêtés pour parler des devoirs et des repas. Trois ont demandé à animer.",
        ),
        PlannedActivity(
            ActivityKind.WORKPLACE, "Pause-échange aux ateliers du chemin de fer", "Cité Ballabey", (6, 29, 0)
        ),
        PlannedActivity(ActivityKind.OTHER, "Tournoi de football mixte et débat", "Mbour 1", (33, 41, 0)),
    ),
    outcome="Plus d'hommes de Thiès partagent le travail de la maison et parlent contre la violence",
    outputs=("Une équipe d'animateurs est formée", "Les lycées et les ateliers font une place au dialogue"),
    planned=(
        "Causeries dans trois gares et ateliers",
        "Cercles de parole dans quatre lycées",
        "Formation de seize animateurs de quartier",
        "Stand mensuel au marché central",
    ),
    funder="Fonds Baobab du Cayor",
    budget=4_200_000,
    event="Lancement de HeForShe Thiès",
    event_place="Promenade des Thiessois",
    partner="Association Jigéen Ñu Jub",
    lesson="Les chauffeurs viennent quand l'invitation passe par le chef de gare.",
)

BOUAKE = Actor(
    slug="bouake",
    name="HeForShe Bouaké",
    campaign_name="HeForShe",
    country="CI",
    zone="Africa/Abidjan",
    working_week=MONDAY_TO_FRIDAY,
    currency="XOF",
    languages=("fr",),
    team=(
        TeamMember("Firmin Kouadio", "firmin", Role.FOCAL_POINT),
        TeamMember("Aya Konaté", "aya", Role.COORDINATOR),
        TeamMember("Mariam Diabagaté", "mariam", Role.ME_OFFICER),
    ),
    scenario=Scenario.LATE,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Rencontre avec les étudiants de première année", "Campus", (28, 34, 0)),
        PlannedActivity(ActivityKind.STALL, "Stand au grand marché", "Commerce", (37, 30, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Formation de pairs éducateurs", "Air France", (11, 12, 0)),
        PlannedActivity(ActivityKind.WORKPLACE, "Échange avec les tisserands", "Koko", (8, 22, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Soirée des pères, maison de quartier", "Dar-es-Salam", (4, 27, 0)),
    ),
    outcome="Les étudiants de Bouaké réagissent quand une camarade est harcelée",
    outputs=("Des pairs éducateurs sont prêts", "Les pères du quartier se réunissent chaque mois"),
    planned=(
        "Former douze pairs éducateurs",
        "Rencontres dans deux résidences universitaires",
        "Soirées des pères, une par mois",
    ),
    funder="Coopérative des Cajous du Gbêkê",
    budget=3_100_000,
    event="HeForShe Bouaké ouvre ses portes",
    event_place="Centre culturel, Commerce",
    partner="Les Tisserandes du Gbêkê",
    lesson="Une soirée des pères réussit mieux le dimanche que le vendredi.",
)

TAMALE = Actor(
    slug="tamale",
    name="HeForShe Tamale",
    campaign_name="HeForShe",
    country="GH",
    zone="Africa/Accra",
    working_week=MONDAY_TO_FRIDAY,
    currency="GHS",
    languages=("en", "ha"),
    team=(
        TeamMember("Rahinatu Alhassan", "rahinatu", Role.FOCAL_POINT),
        TeamMember("Fuseini Baako", "fuseini", Role.COORDINATOR),
        TeamMember("Ebenezer Tindana", "ebenezer", Role.MEMBER),
    ),
    scenario=Scenario.NIL,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Talk with motor mechanics' apprentices", "Lamashegu", (6, 23, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Circle at the senior high school", "Kalpohin", (19, 22, 0)),
        PlannedActivity(ActivityKind.STALL, "Stall at the shea and yam market", "Aboabo", (41, 29, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Facilitators' weekend", "Sakasaka", (8, 8, 0)),
    ),
    outcome="Young men in Tamale share work at home and stand up for their sisters' schooling",
    outputs=("Facilitators in four neighbourhoods", "Workshops and schools host a circle each term"),
    planned=(
        "Circles in three senior high schools",
        "Talks with apprentices in four workshops",
        "One facilitators' weekend",
    ),
    funder="Savannah Growers' Fund",
    budget=62_000,
    event="HeForShe Tamale opens",
    event_place="Community hall, Sakasaka",
    partner="Paga Zaa Women's League",
    lesson="Apprentices talk freely when their master sits in the same ring.",
)

IBADAN = Actor(
    slug="ibadan",
    name="HeForShe Ibadan",
    campaign_name="HeForShe",
    country="NG",
    zone="Africa/Lagos",
    working_week=MONDAY_TO_FRIDAY,
    currency="NGN",
    languages=("en", "yo"),
    team=(
        TeamMember("Tunde Oyelaran", "tunde", Role.FOCAL_POINT),
        TeamMember("Yetunde Adigun", "yetunde", Role.COORDINATOR),
        TeamMember("Kehinde Salami", "kehinde", Role.FINANCE),
        TeamMember("Ifeoma Nwankpa", "ifeoma", Role.ME_OFFICER),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Saturday circle at the barbershop", "Mokola", (3, 21, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Barbers learn to open a conversation", "Mokola", (5, 17, 0)),
        PlannedActivity(ActivityKind.STALL, "Stall at the Bodija market", "Bodija", (58, 63, 1)),
        PlannedActivity(ActivityKind.WORKPLACE, "Lunch hour with bank staff", "Dugbe", (24, 26, 0)),
        PlannedActivity(
            ActivityKind.DIALOGUE,
            "Freshers' evening in the halls",
            "Sango",
            (39, 47, 1),
            "The hall representatives invited. The talk went on for an hour after it was over.",
        ),
        PlannedActivity(ActivityKind.OTHER, "Poetry night on fathers and daughters", "Challenge", (44, 31, 0)),
    ),
    outcome="Men in Ibadan challenge harassment where they work, study and meet",
    outputs=("Barbershops host a monthly circle", "Halls and workplaces adopt a code of respect"),
    planned=(
        "Circles in ten barbershops",
        "Evenings in four halls of residence",
        "Lunch hours with six employers",
        "Codes of respect, drafted with staff",
    ),
    funder="Seven Hills Alumni Trust",
    budget=6_500_000,
    event="HeForShe Ibadan begins",
    event_place="Town hall, Mapo",
    partner="Omi Tuntun Women's Circle",
    lesson="A barber who has been trained keeps the talk going between our visits.",
)

LUBUMBASHI = Actor(
    slug="lubumbashi",
    name="HeForShe Lubumbashi",
    campaign_name="HeForShe",
    country="CD",
    zone="Africa/Lubumbashi",
    working_week=MONDAY_TO_FRIDAY,
    currency="CDF",
    languages=("fr", "sw"),
    team=(
        TeamMember("Gisèle Mwamba", "gisele", Role.FOCAL_POINT),
        TeamMember("Trésor Ilunga", "tresor", Role.COORDINATOR),
        TeamMember("Patient Ngoie", "patient", Role.MEMBER),
    ),
    scenario=Scenario.VACANT,
    planned_activities=(
        PlannedActivity(ActivityKind.WORKPLACE, "Causerie à la relève des équipes, fonderie", "Kampemba", (7, 42, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Cercle de parole à l'institut technique", "Kamalondo", (17, 25, 0)),
        PlannedActivity(ActivityKind.STALL, "Stand au marché de la Katuba", "Katuba", (35, 38, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Formation de délégués syndicaux", "Kenya", (10, 14, 0)),
        PlannedActivity(ActivityKind.OTHER, "Émission à la radio de quartier", "Ruashi", (4, 6, 0)),
    ),
    outcome="Les syndicats de Lubumbashi défendent l'égalité au travail",
    outputs=("Des délégués savent accueillir une plainte", "Les ateliers tiennent une causerie par mois"),
    planned=(
        "Former vingt délégués syndicaux",
        "Causeries à la relève dans trois ateliers",
        "Six émissions de radio",
    ),
    funder="Caisse solidaire de la Lufira",
    budget=28_000_000,
    event="Lancement de HeForShe Lubumbashi",
    event_place="Salle paroissiale, Kamalondo",
    partner="Réseau Wanawake Nuru",
    lesson="À la relève, vingt minutes suffisent si le chef d'équipe parle le premier.",
)

PRAIA = Actor(
    slug="praia",
    name="ElesPorElas Praia",
    campaign_name="ElesPorElas",
    country="CV",
    zone="Atlantic/Cape_Verde",
    working_week=MONDAY_TO_FRIDAY,
    currency="CVE",
    languages=("pt", "kea"),
    team=(
        TeamMember("Dénis Moreno", "denis", Role.FOCAL_POINT),
        TeamMember("Ivanilda Semedo", "ivanilda", Role.COORDINATOR),
        TeamMember("Carla Monteiro Lopes", "carla", Role.MEMBER),
    ),
    scenario=Scenario.NEWCOMER,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Primeira conversa com o clube de futebol", "Várzea", (5, 24, 0)),
        PlannedActivity(ActivityKind.STALL, "Banca no mercado do Plateau", "Plateau", (26, 22, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Conversa com estudantes do liceu", "Palmarejo", (20, 18, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Formação de treinadores", "Achada Santo António", (6, 9, 0)),
    ),
    outcome="Os clubes da Praia são lugares de respeito dentro e fora do campo",
    outputs=("Treinadores preparados para falar de respeito", "Clubes com um compromisso escrito"),
    planned=(
        "Conversas em quatro clubes de futebol",
        "Formação de doze treinadores",
        "Compromisso escrito com cada clube",
    ),
    funder="UN Women",
    budget=900_000,
    event="Lançamento do ElesPorElas Praia",
    event_place="Praça do Plateau",
    partner="Associação Mulheres da Achada",
    lesson="Os jogadores falam mais à vontade depois do treino do que antes.",
)

DOUALA = Actor(
    slug="douala",
    name="HeForShe Douala",
    campaign_name="HeForShe",
    country="CM",
    zone="Africa/Douala",
    working_week=MONDAY_TO_FRIDAY,
    currency="XAF",
    languages=("fr", "en"),
    team=(
        TeamMember("Solange Ngo Bayiha", "solange", Role.FOCAL_POINT),
        TeamMember("Hervé Tchamba", "herve", Role.COORDINATOR),
        TeamMember("Estelle Moukouri", "estelle", Role.FINANCE),
    ),
    scenario=Scenario.MISSING,
    planned_activities=(
        PlannedActivity(ActivityKind.WORKPLACE, "Causerie avec les dockers à midi", "Bonabéri", (2, 36, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Rencontre des motos-taxis", "Ndokotti", (3, 28, 0)),
        PlannedActivity(ActivityKind.STALL, "Stand à la foire du quartier", "Akwa", (31, 27, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Atelier pour les animateurs", "Deïdo", (7, 9, 0)),
    ),
    outcome="Les transporteurs de Douala veillent à la sécurité des passagères",
    outputs=("Une charte des motos-taxis est signée", "Les dockers ont leurs propres animateurs"),
    planned=(
        "Charte du respect avec les motos-taxis",
        "Causeries mensuelles au port",
        "Atelier pour dix animateurs",
    ),
    funder="Mutuelle du Wouri",
    budget=2_800_000,
    event="HeForShe Douala prend la route",
    event_place="Esplanade, Akwa",
    partner="Collectif Femmes du Wouri",
    lesson="La charte tient parce que les motos-taxis l'ont écrite eux-mêmes.",
)

CHAPTERS: tuple[Actor, ...] = (THIES, BOUAKE, IBADAN, LUBUMBASHI, PRAIA, TAMALE, DOUALA)
