"""Who may enter, in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console import people
from kiosk.service.console.access import Admin
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import ERRORS, missing
from kiosk.service.house import accounts, passwords
from kiosk.service.house.accounts import Role
from kiosk.service.house.tables import Token, User

router = APIRouter(tags=["people"])

NAME = r"^[a-z0-9][a-z0-9._@-]{0,63}$"
Name = Annotated[str, Path(max_length=64)]
Password = Annotated[str, Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)]


class Person(BaseModel):
    """Who may log in."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    role: Role
    made_at: datetime


class NewPerson(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    role: Role
    password: Password = Field(repr=False, description="Not too easy to guess: four unrelated words are good.")


class Changes(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    password: Password | None = Field(None, repr=False, description="A new one logs out everywhere.")


class Program(BaseModel):
    """A token, without what it says."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    role: Role
    made_by: str
    made_at: datetime
    ends_at: datetime | None


class NewProgram(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME, description="What it is for.")
    role: Role = Role.VIEWER
    days: int | None = Field(None, ge=1, le=3650, description="In force for so many; until it is revoked if left out.")


class Secret(BaseModel):
    token: str = Field(description="Shown this once; kept as a hash only.")


@router.get("/users", summary="Who may log in")
def users(parts: Given, who: Admin) -> list[Person]:
    with parts.house.session() as session:
        return [Person.model_validate(user) for user in accounts.users(session)]


@router.post("/users", summary="Another user", status_code=status.HTTP_201_CREATED)
def adds(parts: Given, who: Admin, new: NewPerson) -> Person:
    people.add(parts.house, who, new.name, new.role, new.password)
    return _person(parts, new.name)


@router.patch("/users/{name}", summary="Another role or password", responses={404: ERRORS[404]})
def changes(parts: Given, who: Admin, name: Name, change: Changes) -> Person:
    _person(parts, name)
    people.change(parts.house, who, name, role=change.role, password=change.password)
    return _person(parts, name)


@router.delete(
    "/users/{name}",
    summary="Take a user away; logged out at once",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: ERRORS[404]},
)
def removes(parts: Given, who: Admin, name: Name) -> None:
    _person(parts, name)
    people.remove(parts.house, who, name)


def _person(parts: Parts, name: str) -> Person:
    with parts.house.session() as session:
        user = session.get(User, name)
        if user is None:
            raise missing("there is no user of that name", "name")
        return Person.model_validate(user)


@router.get("/tokens", summary="Which programs may ask")
def tokens(parts: Given, who: Admin) -> list[Program]:
    with parts.house.session() as session:
        return [Program.model_validate(token) for token in accounts.tokens(session)]


@router.post("/tokens", summary="A token for another program", status_code=status.HTTP_201_CREATED)
def lets_in(parts: Given, who: Admin, new: NewProgram) -> Secret:
    return Secret(token=people.add_token(parts.house, who, new.name, new.role, new.days))


@router.delete(
    "/tokens/{name}",
    summary="Revoke a token: refused with the next request",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: ERRORS[404]},
)
def revokes(parts: Given, who: Admin, name: Name) -> None:
    with parts.house.session() as session:
        if session.get(Token, name) is None:
            raise missing("there is no token of that name", "name")
    people.revoke_token(parts.house, who, name)
