-- Every foreign key that was not checked while loading, and the ids' format: all counts must be 0.
do $$ declare r record; q text; n bigint; begin
  for r in select conrelid::regclass::text t, confrelid::regclass::text f, (select string_agg(format('a.%I', attname), ',' order by ord) from unnest(conkey) with ordinality k(num, ord) join pg_attribute on attrelid = conrelid and attnum = num) ca,
                  (select string_agg(format('b.%I', attname), ',' order by ord) from unnest(confkey) with ordinality k(num, ord) join pg_attribute on attrelid = confrelid and attnum = num) fa
           from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace loop
    q := format('select count(*) from %s a where row(%s) is not null and not exists (select 1 from %s b where row(%s) = row(%s))', r.t, r.ca, r.f, r.fa, r.ca);
    execute q into n; if n > 0 then raise exception '% rows of % point to nothing in %', n, r.t, r.f; end if;
  end loop;
  for r in select 'customer' t, 'cus' p union values ('bank_account', 'ban'), ('mandate', 'man'), ('payment', 'pay'), ('transaction', 'tra'), ('event', 'evt') loop
    execute format('select count(*) from %I where id !~ %L', r.t, '^' || r.p || '_[0-9A-Za-z]{21}$') into n; if n > 0 then raise exception '% bad ids in %', n, r.t; end if;
  end loop;
end $$;
