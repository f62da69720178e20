-- What keeps the schema distributable by chapter_id, on the catalogue of a plain PostgreSQL.
-- :reference and :local are the lists of lists.py; a table in neither is chapter-owned or a finding.
-- Rule 12 leaves out citus.propagate_set_commands: an ordinary server lets only its superuser set it, at the move.
with own as (
  select c.oid, c.relname, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
         a.attnum as cid, a.atttypid, a.attnotnull, a.attgenerated, a.atthasdef
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'chapter_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and c.relname <> all (:reference::text[]) and c.relname <> all (:local::text[])
), tab as (
  select oid, relname, relrowsecurity, relforcerowsecurity, relowner
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
), dist as (
  select oid, relname from own union all select oid, relname from tab where relname = 'chapters'
), found as (
  -- 1 the distribution column
  select 1 as rule, relname as place, 'chapter_id must be uuid not null, not generated, without default' as message
  from own where atttypid <> 'uuid'::regtype or not attnotnull or attgenerated <> '' or atthasdef

  union all -- 2 every table has a place
  select 2, relname, 'neither chapter-owned, reference nor local'
  from tab
  where relname not in (select relname from dist)
    and relname <> all (:reference::text[]) and relname <> all (:local::text[])

  union all -- 3 a primary key, and chapter_id as a plain key column of every unique index
  select 3, o.relname, 'no primary key'
  from own o where not exists (select 1 from pg_index i where i.indrelid = o.oid and i.indisprimary)
  union all
  select 3, o.relname, 'unique index ' || i.indexrelid::regclass || ' lacks chapter_id'
  from own o join pg_index i on i.indrelid = o.oid and i.indisunique
  where not (o.cid = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]))

  union all -- 4 exclusion constraints compare chapter_id with =
  select 4, o.relname, 'exclusion ' || k.conname || ' lacks chapter_id with ='
  from own o join pg_constraint k on k.conrelid = o.oid and k.contype = 'x'
  where not exists (
    select 1 from unnest(k.conkey, k.conexclop) u (a, op) join pg_operator p on p.oid = u.op
    where u.a = o.cid and p.oprname = '=')

  union all -- 5 foreign keys between chapter-owned tables carry chapter_id in the same place
  select 5, o.relname, 'foreign key ' || k.conname || ' does not carry chapter_id in the same place'
  from own o
  join pg_constraint k on k.conrelid = o.oid and k.contype = 'f'
  join dist d on d.oid = k.confrelid
  where not exists (
    select 1 from unnest(k.conkey, k.confkey) u (a, b)
    where u.a = o.cid and u.b = (
      select attnum from pg_attribute
      where attrelid = d.oid and attname = case when d.relname = 'chapters' then 'id' else 'chapter_id' end))

  union all -- 6 the direction of foreign keys
  select 6, c.relname, 'foreign key ' || k.conname || ': a reference or local table points at a chapter-owned one'
  from pg_constraint k join tab c on c.oid = k.conrelid join dist d on d.oid = k.confrelid
  where k.contype = 'f' and c.oid not in (select oid from dist)
  union all
  select 6, c.relname, 'foreign key ' || k.conname || ': a chapter-owned table points at a local one'
  from pg_constraint k join dist c on c.oid = k.conrelid join tab d on d.oid = k.confrelid
  where k.contype = 'f' and d.relname = any (:local::text[])

  union all -- 7 what foreign keys do by themselves
  select 7, o.relname, 'foreign key ' || k.conname || ': set null or set default on delete, or any action on update'
  from own o join pg_constraint k on k.conrelid = o.oid and k.contype = 'f' and o.cid = any (k.conkey)
  where k.confdeltype in ('n', 'd') or k.confupdtype in ('c', 'n', 'd')

  union all -- 8 row-level security is on and forced; policies are permissive and hold no sub-select
  select 8, relname, 'row-level security is not enabled and forced'
  from tab where oid in (select oid from dist) and not (relrowsecurity and relforcerowsecurity)
  union all
  select 8, c.relname, 'policy ' || p.polname || ' is restrictive, which becomes permissive on shards'
  from pg_policy p join tab c on c.oid = p.polrelid where not p.polpermissive
  union all
  select 8, c.relname, 'policy ' || p.polname || ' holds a sub-select'
  from pg_policy p join tab c on c.oid = p.polrelid
  where coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') like '%{SUBLINK %'

  union all -- 9 triggers and rules
  select 9, c.relname, 'trigger ' || g.tgname || ' is not the audit trigger'
  from pg_trigger g join tab c on c.oid = g.tgrelid join pg_proc f on f.oid = g.tgfoid
  where not g.tgisinternal and c.relname <> all (:local::text[])
    and (f.proname <> 'audit_row' or c.oid not in (select oid from own) or g.tgnargs = 0
         or (g.tgtype & 1) = 0 or (g.tgtype & 66) <> 0 or g.tgoldtable is not null or g.tgnewtable is not null)
  union all
  select 9, 'function ' || f.proname, 'trigger function asks which table it is on, or pins no search_path'
  from pg_proc f
  where f.pronamespace = 'public'::regnamespace and f.prorettype = 'trigger'::regtype
    and (f.prosrc ~* 'tg_(table_name|relid|relname|table_schema)'
         or not coalesce(f.proconfig::text, '') like '%search_path%')
  union all
  select 9, c.relname, 'rule ' || w.rulename from pg_rewrite w join tab c on c.oid = w.ev_class

  union all -- 10 sequences
  select 10, o.relname, 'column ' || a.attname || ' uses a sequence'
  from own o
  join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
  where a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%'

  union all -- 11 permanent, not inherited, short names
  select 11, relname, 'unlogged or inherited'
  from own o
  where relpersistence <> 'p' or exists (
    select 1 from pg_inherits h join pg_class pc on pc.oid = h.inhparent where h.inhrelid = o.oid and pc.relkind = 'r')
  union all
  select 11, c.relname, 'name over 54 bytes: ' || x.n
  from tab c join lateral (
    select conname::text as n from pg_constraint where conrelid = c.oid
    union select ic.relname::text from pg_index i join pg_class ic on ic.oid = i.indexrelid where i.indrelid = c.oid
    union select c.relname::text) x on true
  where octet_length(x.n) > 54

  union all -- 12 roles and views
  select 12, c.relname, 'owner ' || r.rolname || ' cannot log in, or is superuser'
  from tab c join pg_roles r on r.oid = c.relowner where not r.rolcanlogin or r.rolsuper
  union all
  select 12, 'role ' || rolname, 'superuser, or exempt from row-level security'
  from pg_roles where rolname = any (array['solidarity_web', 'solidarity_worker', 'solidarity_desk', 'solidarity_compiler'])
    and (rolbypassrls or rolsuper)
  union all
  select 12, relname, 'view does not use the rights of its reader'
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'v'
    and not coalesce(reloptions::text, '') ~ 'security_invoker=(true|on)'
)
select 'rule ' || rule || ', ' || place || ': ' || message from found order by rule, place, message
