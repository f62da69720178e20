"""The catalogue queries of catalogue.py."""

from __future__ import annotations

# Excludes the objects of extensions. lists.py lists the allowed extensions.
OF_NO_EXTENSION = (
    "not exists (select 1 from pg_depend d where d.classid = '{of}'::regclass and d.objid = {row} and d.deptype = 'e')"
)

POLICIES = """
    select c.relname::text, p.polname::text, p.polcmd::text, p.polpermissive::text,
           (select string_agg(r.rolname, ',' order by r.rolname) from pg_roles r where r.oid = any (p.polroles)),
           pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    from pg_policy p join pg_class c on c.oid = p.polrelid
"""

FOREIGN_KEYS = """
    select conrelid::regclass::text,
           (select string_agg(a.attname, ',' order by k.place) from unnest(conkey) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = conrelid and a.attnum = k.number),
           confrelid::regclass::text,
           (select string_agg(a.attname, ',' order by k.place) from unnest(confkey) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = confrelid and a.attnum = k.number)
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and convalidated
"""

WAYS_AROUND = f"""
    select 'schema ' || nspname from pg_namespace
    where nspname not in ('public', 'information_schema') and nspname !~ '^pg_'
    union all
    select 'materialized view ' || relname from pg_class where relkind = 'm'
    union all
    select 'foreign table ' || relname from pg_class where relkind = 'f'
    union all
    select 'view ' || relname || ' with the rights of its owner' from pg_class
    where relkind = 'v' and relnamespace = 'public'::regnamespace
      and not coalesce(reloptions::text, '') ~ 'security_invoker=(true|on)'
    union all
    select 'function ' || proname || ' runs with the rights of its owner' from pg_proc
    where pronamespace = 'public'::regnamespace and prosecdef
    union all
    select 'function ' || proname || ' pins no search_path' from pg_proc
    where pronamespace = 'public'::regnamespace
      and not coalesce(proconfig::text, '') like '%%search_path=pg_catalog, pg_temp%%'
      and {OF_NO_EXTENSION.format(of="pg_proc", row="pg_proc.oid")}
    union all
    select 'function ' || proname || ' is not listed' from pg_proc
    where pronamespace = 'public'::regnamespace and proname <> all (%(functions)s)
      and {OF_NO_EXTENSION.format(of="pg_proc", row="pg_proc.oid")}
    union all
    select 'function ' || proname || ' of an extension is not compiled' from pg_proc
    where pronamespace = 'public'::regnamespace
      and prolang not in (select oid from pg_language where lanname in ('c', 'internal'))
      and not {OF_NO_EXTENSION.format(of="pg_proc", row="pg_proc.oid")}
    union all
    select 'extension ' || extname from pg_extension where extname <> all (%(extensions)s)
    union all
    select 'event trigger ' || evtname from pg_event_trigger
    union all
    select 'operator ' || oprname from pg_operator where oprnamespace = 'public'::regnamespace
      and {OF_NO_EXTENSION.format(of="pg_operator", row="pg_operator.oid")}
    union all
    select 'publication ' || pubname from pg_publication
"""

LOGINS = """
    select rolname || ' is superuser, exempt from the walls, or may create or replicate' from pg_roles
    where rolname = any (%(weak)s)
      and (rolsuper or rolcreaterole or rolcreatedb or rolreplication
           or (rolbypassrls and rolname <> 'solidarity_backup'))
    union all
    select rolname || ' passes the walls' from pg_roles
    where rolbypassrls and not rolsuper and rolname like 'solidarity%%'
      and rolname not in ('solidarity_owner', 'solidarity_backup')
    union all
    select member::regrole || ' has the rights of ' || roleid::regrole from pg_auth_members
    where member::regrole::text = any (%(weak)s)
    union all
    select grantee::regrole || ' may set ' || parname from pg_parameter_acl, aclexplode(paracl)
    where grantee = 0 or grantee::regrole::text = any (%(weak)s)
    union all
    select login || ' does not exist' from unnest(%(weak)s::text[]) login
    where login not in (select rolname from pg_roles where rolcanlogin)
"""

TABLE_GRANTS = """
    select c.relname::text, case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
           lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end, null::text
    from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.relnamespace = 'public'::regnamespace and a.grantee <> %(owner)s::regrole
    union all
    select c.relname, case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
           lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end, t.attname
    from pg_class c join pg_attribute t on t.attrelid = c.oid cross join lateral aclexplode(t.attacl) a
    where c.relnamespace = 'public'::regnamespace and a.grantee <> %(owner)s::regrole
"""

FUNCTION_GRANTS = f"""
    select p.proname::text, case a.grantee when 0 then 'public' else a.grantee::regrole::text end
    from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where p.pronamespace = 'public'::regnamespace and a.grantee <> p.proowner
      and {OF_NO_EXTENSION.format(of="pg_proc", row="p.oid")}
"""

CREATION = """
    select case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end
           || ' has ' || a.privilege_type || ' on the schema'
    from pg_namespace n cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    where n.nspname = 'public' and a.grantee not in (n.nspowner, %(owner)s::regrole)
      and (a.grantee = 0 or a.privilege_type <> 'USAGE' or a.is_grantable)
    union all
    select case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end || ' may create in the database'
    from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database() and a.grantee <> d.datdba and a.privilege_type = 'CREATE'
    union all
    select 'a default privilege is set for ' || defaclrole::regrole from pg_default_acl
"""
