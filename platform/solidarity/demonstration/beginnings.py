"""The start of a chapter and its focal points: onboarding, invitations, confirmations, handover and vacancy."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from solidarity.demonstration.chapters.model import Scenario, TeamMember
from solidarity.demonstration.life import Life, Person
from solidarity.demonstration.sign_ins import address
from tenants.action_kit.focal_point.queries import terms_of
from tenants.action_kit.focal_point.services import Choice, confirm_term, hand_over
from tenants.chapter_life.services import onboard_chapter
from tenants.membership.services import accept_invitation, create_user, invite
from tenants.people.permissions import Role

HALF_YEAR = 172  # days; the confirmation is due after 182
HANDED_OVER = 50  # days before, until so many days after
TERM_LEFT = 25
HELD_FOR_A_WHILE = 120  # days before, until so many days before
VACANT_SINCE = 20


def begin(life: Life) -> None:
    """Schedule the onboarding by UN Women and its invitation of the focal point, who invites the others later."""
    life.on(life.days.began, _onboard)
    first, *colleagues = life.actor.team
    life.on(life.days.began + timedelta(days=1), partial(_invite, first))
    for number, team_member in enumerate(colleagues):
        life.on(life.days.after(8 + 6 * number + life.rng.randrange(5)), partial(_invite, team_member))


def see_to_terms(life: Life) -> None:
    """Schedule the focal point's confirmations, twice a year, and a handover if the scenario has one."""
    if life.actor.scenario is Scenario.HANDED_OVER:
        life.on(life.days.ago(HANDED_OVER), partial(_pass_on, TERM_LEFT))
    elif life.actor.scenario is Scenario.VACANT:
        life.on(life.days.ago(HELD_FOR_A_WHILE), partial(_pass_on, -VACANT_SINCE))
    if life.actor.scenario is not Scenario.LATE:
        for times in (1, 2):
            life.on(life.days.after(times * HALF_YEAR), _confirm)


def _onboard(life: Life, at: datetime) -> None:
    actor = life.actor
    life.chapter = onboard_chapter(
        life.session,
        actor_id=life.desk.of(actor.country),
        at=at,
        slug=actor.slug,
        name=actor.name,
        campaign_name=actor.campaign_name,
        latin_name=actor.latin_name,
        country=actor.country,
        zone=actor.zone,
        working_week=list(actor.working_week),
        currency=actor.currency,
        languages=list(actor.languages),
        is_invented=True,
    )


def _invite(team_member: TeamMember, life: Life, at: datetime) -> None:
    """Invite a team member, and schedule the acceptance within the next days."""
    invitation = invite(
        life.session,
        actor_id=life.people[0].user_id if life.people else life.desk.of(life.actor.country),
        at=at,
        email=address(team_member, life.actor),
        name=team_member.name,
        role=team_member.role,
        language=team_member.language,
    )

    def join(life: Life, at: datetime) -> None:
        user = create_user(
            life.session,
            email=invitation.email,
            name=team_member.name,
            language=team_member.language,
            at=at,
            password=None,
            password_hash=life.password_hash,
        )
        membership = accept_invitation(life.session, invitation_id=invitation.id, user=user, at=at)
        life.people.append(Person(team_member, user.id, membership.id, team_member.role))

    life.at(at + timedelta(days=life.rng.randrange(1, 4), hours=1), join)


def _confirm(life: Life, at: datetime) -> None:
    """Confirm the focal point's current term, as the focal point."""
    focal_point = next(person for person in life.people if person.role is Role.FOCAL_POINT)
    for term in terms_of(life.session, focal_point.membership_id):
        if term.starts_on < at.date() < term.ends_on:
            confirm_term(life.session, actor_id=focal_point.user_id, at=at, term_id=term.id)


def _pass_on(days_after: int, life: Life, at: datetime) -> None:
    """Hand over to the deputy or another colleague, whose term ends `days_after` the day of the demonstration."""
    giver, *colleagues = life.people
    taker = next((person for person in colleagues if person.role is Role.DEPUTY), colleagues[0])
    (term,) = terms_of(life.session, giver.membership_id)
    choice = Choice(taker.membership_id, ends_on=life.days.ago(-days_after))
    hand_over(life.session, actor_id=giver.user_id, at=at, term_id=term.id, choice=choice, stays_as=Role.DEPUTY)
    giver.role, taker.role = Role.DEPUTY, Role.FOCAL_POINT
