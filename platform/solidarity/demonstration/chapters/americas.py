"""Invented chapters of the Americas and the Caribbean.

Nosotros por Ellas and El por Ella are names under which the campaign has been run in Mexico State and in the Dominican
Republic. The chapters here with these names are invented too.
"""

from __future__ import annotations

from solidarity.demonstration.chapters.model import Actor, PlannedActivity, Scenario, TeamMember
from tenants.action_kit.activities.models import ActivityKind
from tenants.people.permissions import Role

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)

TOLUCA = Actor(
    slug="toluca",
    name="Nosotros por Ellas Toluca",
    campaign_name="Nosotros por Ellas",
    country="MX",
    zone="America/Mexico_City",
    working_week=MONDAY_TO_FRIDAY,
    currency="MXN",
    languages=("es",),
    team=(
        TeamMember("Itzel Bernal Arriaga", "itzel", Role.FOCAL_POINT),
        TeamMember("Rodrigo Vilchis", "rodrigo", Role.COORDINATOR),
        TeamMember("Leticia Mondragón", "leticia", Role.FINANCE),
        TeamMember("Omar Carbajal", "omar", Role.ME_OFFICER),
        TeamMember("Julia Esquivel", "julia", Role.MEMBER),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Círculo de papás en la primaria", "San Sebastián", (9, 26, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Formación de facilitadores", "Centro", (12, 13, 0)),
        PlannedActivity(
            ActivityKind.WORKPLACE, "Plática de cambio de turno en la planta", "Santa Ana Tlapaltitlán", (29, 41, 1)
        ),
        PlannedActivity(
            ActivityKind.STALL,
            "Puesto en el tianguis del viernes",
            "San Mateo Otzacatipan",
            (63, 58, 2),
            "Mucha gente se llevó el volante para pegarlo en su negocio. Dos escuelas pidieron una plática.",
        ),
        PlannedActivity(ActivityKind.DIALOGUE, "Conversatorio con universitarios", "Ciudad Universitaria", (44, 47, 2)),
        PlannedActivity(ActivityKind.OTHER, "Cascarita mixta y charla", "San Lorenzo Tepaltitlán", (24, 31, 0)),
    ),
    outcome="Más hombres de Toluca comparten los cuidados y hablan contra la violencia",
    outputs=("Un equipo de facilitadores listo", "Escuelas y plantas abren espacio a la conversación"),
    planned=(
        "Círculos de papás en cuatro primarias",
        "Pláticas de cambio de turno en tres plantas",
        "Formación de dieciséis facilitadores",
        "Puesto en el tianguis, una vez al mes",
    ),
    funder="Fundación Nevado Abierto",
    budget=185_000,
    event="Arranque de Nosotros por Ellas Toluca",
    event_place="Plaza González Arratia",
    partner="Red Mujeres del Valle Frío",
    lesson="En la planta, la plática corta de cada semana rinde más que una larga al mes.",
)

MANIZALES = Actor(
    slug="manizales",
    name="HeForShe Manizales",
    campaign_name="HeForShe",
    country="CO",
    zone="America/Bogota",
    working_week=MONDAY_TO_FRIDAY,
    currency="COP",
    languages=("es",),
    team=(
        TeamMember("Jorge Iván Montes", "jorge", Role.FOCAL_POINT),
        TeamMember("Paula Andrea Cifuentes", "paula", Role.COORDINATOR),
        TeamMember("Gloria Marulanda", "gloria", Role.FINANCE),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Tinto y conversa con caficultores", "Vereda La Cabaña", (13, 32, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Taller para entrenadores de fútbol", "Palogrande", (6, 17, 0)),
        PlannedActivity(ActivityKind.STALL, "Puesto en el mercado campesino", "Chipre", (35, 33, 0)),
        PlannedActivity(ActivityKind.WORKPLACE, "Charla en el cable aéreo", "Los Cámbulos", (8, 19, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Círculo de palabra en el colegio", "Villamaría", (23, 25, 1)),
        PlannedActivity(ActivityKind.OTHER, "Caminata de padres e hijas", "Ecoparque Los Yarumos", (36, 39, 0)),
    ),
    outcome="Los hombres de Manizales y sus veredas reparten el trabajo de la casa y de la finca",
    outputs=("Entrenadores y caficultores guían conversas", "Colegios con círculos de palabra cada periodo"),
    planned=(
        "Conversas en cinco veredas",
        "Taller para veinte entrenadores",
        "Círculos de palabra en tres colegios",
        "Puesto en el mercado campesino",
    ),
    funder="Cooperativa Ladera Alta",
    budget=34_000_000,
    event="HeForShe Manizales abre camino",
    event_place="Plaza de Bolívar",
    partner="Colectiva Mujeres de la Niebla",
    lesson="En la vereda se conversa mejor después de la cosecha y con tinto.",
)

VALDIVIA = Actor(
    slug="valdivia",
    name="HeForShe Valdivia",
    campaign_name="HeForShe",
    country="CL",
    zone="America/Santiago",
    working_week=MONDAY_TO_FRIDAY,
    currency="CLP",
    languages=("es",),
    team=(
        TeamMember("Constanza Oyarzún", "constanza", Role.FOCAL_POINT),
        TeamMember("Matías Huenchullán", "matias", Role.COORDINATOR),
        TeamMember("Rocío Barrientos", "rocio", Role.ME_OFFICER),
        TeamMember("Héctor Almonacid", "hector", Role.FINANCE),
    ),
    scenario=Scenario.RETURNED,
    planned_activities=(
        PlannedActivity(ActivityKind.WORKPLACE, "Conversación en el astillero", "Las Ánimas", (7, 34, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Once con papás primerizos", "Collico", (12, 21, 0)),
        PlannedActivity(ActivityKind.STALL, "Puesto en la Feria Fluvial", "Centro", (46, 41, 2)),
        PlannedActivity(ActivityKind.TRAINING, "Formación de monitores", "Isla Teja", (11, 9, 1)),
        PlannedActivity(ActivityKind.DIALOGUE, "Conversatorio con remeros", "Costanera", (10, 22, 0)),
    ),
    outcome="Más padres de Valdivia usan su permiso de crianza y lo cuentan",
    outputs=("Monitores formados en tres barrios", "Empresas que informan sobre el permiso"),
    planned=(
        "Onces con papás primerizos, una al mes",
        "Conversaciones en tres empresas",
        "Formación de doce monitores",
    ),
    funder="Fundación Tres Ríos del Sur",
    budget=7_800_000,
    event="HeForShe Valdivia zarpa",
    event_place="Muelle Schuster",
    partner="Agrupación Mujeres del Calle-Calle",
    lesson="Un padre que ya tomó su permiso convence a diez.",
)

ROSARIO = Actor(
    slug="rosario",
    name="HeForShe Rosario",
    campaign_name="HeForShe",
    country="AR",
    zone="America/Argentina/Cordoba",
    working_week=MONDAY_TO_FRIDAY,
    currency="ARS",
    languages=("es",),
    team=(
        TeamMember("Gustavo Peralta", "gustavo", Role.FOCAL_POINT),
        TeamMember("Micaela Sartori", "micaela", Role.COORDINATOR),
    ),
    scenario=Scenario.DORMANT,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Ronda de mates con el club de barrio", "Arroyito", (8, 25, 0)),
        PlannedActivity(ActivityKind.STALL, "Mesa en la feria de la costanera", "Pichincha", (33, 28, 2)),
        PlannedActivity(ActivityKind.TRAINING, "Taller para profes de inferiores", "Echesortu", (5, 14, 0)),
        PlannedActivity(ActivityKind.OTHER, "Cine debate", "Centro", (31, 27, 1)),
    ),
    outcome="Los clubes de barrio de Rosario enseñan respeto junto con el deporte",
    outputs=("Profes capacitados", "Clubes con una regla de convivencia"),
    planned=(
        "Rondas en cinco clubes de barrio",
        "Taller para profes de inferiores",
        "Regla de convivencia en cada club",
    ),
    funder="Mutual Barrio y Río",
    budget=9_500_000,
    event="HeForShe Rosario sale a la cancha",
    event_place="Parque de España",
    partner="Ronda de Mujeres del Saladillo",
    lesson="Sin los profes de inferiores no hay regla que dure.",
)

SANTIAGO = Actor(
    slug="santiago-de-los-caballeros",
    name="El por Ella Santiago",
    campaign_name="El por Ella",
    country="DO",
    zone="America/Santo_Domingo",
    working_week=MONDAY_TO_FRIDAY,
    currency="DOP",
    languages=("es",),
    team=(
        TeamMember("Yokasta Almánzar", "yokasta", Role.FOCAL_POINT),
        TeamMember("Wilkin Tavárez", "wilkin", Role.COORDINATOR),
        TeamMember("Carmen Luisa Polanco", "carmen", Role.FINANCE),
    ),
    scenario=Scenario.STEADY,
    planned_activities=(
        PlannedActivity(ActivityKind.DIALOGUE, "Tertulia en la barbería", "Los Jardines", (3, 19, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Conversatorio con la liga de béisbol", "Cienfuegos", (7, 31, 0)),
        PlannedActivity(ActivityKind.STALL, "Mesa informativa en el mercado", "Pueblo Nuevo", (42, 37, 0)),
        PlannedActivity(ActivityKind.TRAINING, "Barberos que facilitan", "Los Pepines", (4, 16, 0)),
        PlannedActivity(ActivityKind.WORKPLACE, "Almuerzo en la zona franca", "Gurabo", (38, 33, 0)),
    ),
    outcome="Los hombres de Santiago rechazan la violencia y comparten la crianza",
    outputs=("Barberos que facilitan la conversación", "Ligas y empresas con un compromiso escrito"),
    planned=(
        "Tertulias en ocho barberías",
        "Conversatorios con dos ligas",
        "Almuerzos en tres empresas",
        "Compromiso escrito de cada liga",
    ),
    funder="Cooperativa Cibao Solidario",
    budget=560_000,
    event="El por Ella llega a Santiago",
    event_place="Parque Central",
    partner="Red Mujeres del Yaque",
    lesson="El barbero escucha todo el día: cuando habla él, le creen.",
)

BELEM = Actor(
    slug="belem",
    name="ElesPorElas Belém",
    campaign_name="ElesPorElas",
    country="BR",
    zone="America/Belem",
    working_week=MONDAY_TO_FRIDAY,
    currency="BRL",
    languages=("pt",),
    team=(
        TeamMember("Raimundo Nogueira", "raimundo", Role.FOCAL_POINT),
        TeamMember("Jurema Lobato", "jurema", Role.MEMBER),
        TeamMember("Anderson Paixão", "anderson", Role.MEMBER),
    ),
    scenario=Scenario.OUTSIDE,
    planned_activities=(
        PlannedActivity(ActivityKind.STALL, "Banca na feira do açaí", "Cidade Velha", (27, 44, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Conversa com barqueiros", "Icoaraci", (6, 28, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Roda de conversa na universidade", "Guamá", (34, 30, 3)),
        PlannedActivity(ActivityKind.WORKPLACE, "Café da manhã com motoristas de ônibus", "Marambaia", (5, 31, 0)),
        PlannedActivity(ActivityKind.OTHER, "Noite de carimbó e conversa", "Jurunas", (58, 49, 2)),
    ),
    outcome="Homens de Belém dividem o cuidado e respeitam as mulheres no transporte",
    outputs=("Barqueiros e motoristas com um código de respeito", "Rodas de conversa abertas ao público"),
    planned=(
        "Código de respeito com barqueiros",
        "Cafés com motoristas em três garagens",
        "Rodas de conversa na universidade",
    ),
    funder="Fundo Castanheira Viva",
    budget=36_000,
    event="ElesPorElas chega a Belém",
    event_place="Praça Batista Campos",
    partner="Coletiva Mulheres das Ilhas",
    lesson="No barco, a viagem de volta é a melhor hora para conversar.",
)

MONTEGO_BAY = Actor(
    slug="montego-bay",
    name="HeForShe Montego Bay",
    campaign_name="HeForShe",
    country="JM",
    zone="America/Jamaica",
    working_week=MONDAY_TO_FRIDAY,
    currency="JMD",
    languages=("en",),
    team=(
        TeamMember("Shanice Brackenridge", "shanice", Role.FOCAL_POINT),
        TeamMember("Damion Ffrench", "damion", Role.COORDINATOR),
        TeamMember("Oral Whitelocke", "oral", Role.MEMBER),
    ),
    scenario=Scenario.NEWCOMER,
    planned_activities=(
        PlannedActivity(ActivityKind.WORKPLACE, "Staff canteen talk with hotel teams", "Ironshore", (24, 22, 0)),
        PlannedActivity(ActivityKind.DIALOGUE, "Taxi drivers' corner talk", "Sam Sharpe Square", (4, 20, 0)),
        PlannedActivity(ActivityKind.STALL, "Stall at the craft market", "Harbour Street", (31, 23, 1)),
        PlannedActivity(ActivityKind.DIALOGUE, "Track club, after practice", "Catherine Hall", (16, 18, 0)),
    ),
    outcome="Hotel and transport teams in Montego Bay stand up for respect",
    outputs=("Team leaders are trained", "Hotels and drivers share one promise"),
    planned=(
        "Canteen talks in three hotels",
        "Course for team leaders",
        "A shared promise with drivers",
    ),
    funder="UN Women",
    budget=850_000,
    event="HeForShe Montego Bay begins",
    event_place="Harmony Beach Park",
    partner="Doctor Bird Women's Circle",
    lesson="Canteen talks work at the end of a shift, not before it.",
)

CHAPTERS: tuple[Actor, ...] = (TOLUCA, MANIZALES, VALDIVIA, SANTIAGO, BELEM, ROSARIO, MONTEGO_BAY)
