-- The database, its roles, and what each may do. Running it again changes nothing, or mends what was changed.
--
--     ROLE_PASSWORDS=/run/secrets psql -X -v ON_ERROR_STOP=1 -d postgres -f roles.sql
--
-- As a superuser of PostgreSQL 15 or newer. The folder that ROLE_PASSWORDS names (/run/secrets if unset) holds a file
-- with a password for each role, `biologidex_app_password` and so on. Without the file a role keeps the password it
-- has; one that never had any cannot log in over the network. `-v database=NAME` names another database.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?database} \else
    \set database biologidex
\endif
-- What follows contains passwords: it stays out of the log and out of every statistic.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET track_activities = off;
SET pg_stat_statements.track = 'none';
SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';

-- --- The roles -------------------------------------------------------------------------------
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['biologidex_owner', 'biologidex_app', 'biologidex_worker', 'biologidex_readonly',
                  'biologidex_monitor', 'biologidex_backup', 'biologidex_replicator']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Owns the database and its tables; migrations run as this role and nothing else does.
ALTER ROLE biologidex_owner      LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- Web processes: rows, never tables. Row-level security binds it.
ALTER ROLE biologidex_app        LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- Workers: the same, with more time.
ALTER ROLE biologidex_worker     LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- People who look into the database, and reports: no secret, no e-mail address, no exact place.
ALTER ROLE biologidex_readonly   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- The exporter of metrics: statistics, no rows.
ALTER ROLE biologidex_monitor    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
-- Backups: reads everything, past row-level security, and writes nothing.
ALTER ROLE biologidex_backup     LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS INHERIT;
-- The replica's stream.
ALTER ROLE biologidex_replicator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION NOBYPASSRLS INHERIT;

-- On the role, because pgBouncer refuses or drops what a client asks for when it connects.
ALTER ROLE biologidex_app      SET statement_timeout = '30s';
ALTER ROLE biologidex_app      SET lock_timeout = '5s';
ALTER ROLE biologidex_app      SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE biologidex_worker   SET statement_timeout = '10min';
ALTER ROLE biologidex_worker   SET lock_timeout = '30s';
ALTER ROLE biologidex_worker   SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE biologidex_readonly SET statement_timeout = '60s';
ALTER ROLE biologidex_readonly SET lock_timeout = '1s';
ALTER ROLE biologidex_readonly SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE biologidex_readonly SET default_transaction_read_only = on;
ALTER ROLE biologidex_monitor  SET statement_timeout = '10s';
-- A migration that waits for a table makes everybody behind it wait too: it gives up and is tried again.
ALTER ROLE biologidex_owner    SET lock_timeout = '5s';

-- Django writes values into the text of its statements, so that text is not for the log. Django logs slow ones itself,
-- without the values (core/slow_statements.py); pg_stat_statements has them all, without the values too.
ALTER ROLE biologidex_app      SET log_min_duration_statement = -1;
ALTER ROLE biologidex_worker   SET log_min_duration_statement = -1;
ALTER ROLE biologidex_owner    SET log_min_duration_statement = -1;

-- --- Their passwords -------------------------------------------------------------------------
\set owner      `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_owner_password" 2>/dev/null || true`
\set app        `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_app_password" 2>/dev/null || true`
\set worker     `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_worker_password" 2>/dev/null || true`
\set readonly   `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_readonly_password" 2>/dev/null || true`
\set monitor    `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_monitor_password" 2>/dev/null || true`
\set backup     `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_backup_password" 2>/dev/null || true`
\set replicator `cat "${ROLE_PASSWORDS:-/run/secrets}/biologidex_replicator_password" 2>/dev/null || true`

CREATE TEMPORARY TABLE given (role text, password text);
INSERT INTO given
SELECT * FROM (VALUES
    ('biologidex_owner', :'owner'), ('biologidex_app', :'app'), ('biologidex_worker', :'worker'),
    ('biologidex_readonly', :'readonly'), ('biologidex_monitor', :'monitor'), ('biologidex_backup', :'backup'),
    ('biologidex_replicator', :'replicator')
) AS files (role, password)
WHERE password <> '';
DO $$
DECLARE
    weak text;
BEGIN
    SELECT string_agg(role, ', ') INTO weak FROM given
    WHERE length(password) < 20 OR password ~* '(secure_?password|change-?me|example|biologidex|secret|password)';
    IF weak IS NOT NULL THEN
        RAISE EXCEPTION 'Too weak a password for %. Make one with: openssl rand -base64 32', weak;
    END IF;
    SELECT string_agg(role, ', ') INTO weak FROM given
    WHERE password IN (SELECT password FROM given GROUP BY password HAVING count(*) > 1);
    IF weak IS NOT NULL THEN
        RAISE EXCEPTION 'These share a password: %. Each role needs its own.', weak;
    END IF;
END $$;
SELECT format('ALTER ROLE %I PASSWORD %L', role, password) FROM given
\gexec
DROP TABLE given;

-- --- The database ----------------------------------------------------------------------------
SELECT format('CREATE DATABASE %I OWNER biologidex_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
ALTER DATABASE :"database" OWNER TO biologidex_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO
    biologidex_app, biologidex_worker, biologidex_readonly, biologidex_monitor, biologidex_backup;
\connect :"database"
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- --- What they may do there ------------------------------------------------------------------
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO biologidex_app, biologidex_worker, biologidex_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO biologidex_app, biologidex_worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO biologidex_app, biologidex_worker;
-- For tables that do not exist yet: whatever the owner makes, anywhere in this database.
ALTER DEFAULT PRIVILEGES FOR ROLE biologidex_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO biologidex_app, biologidex_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE biologidex_owner
    GRANT USAGE, SELECT ON SEQUENCES TO biologidex_app, biologidex_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE biologidex_owner
    GRANT USAGE ON SCHEMAS TO biologidex_app, biologidex_worker, biologidex_readonly;

GRANT pg_monitor TO biologidex_monitor;
GRANT pg_read_all_data, pg_read_all_settings TO biologidex_backup;
GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean), pg_switch_wal(),
    pg_create_restore_point(text) TO biologidex_backup;

-- --- What biologidex_readonly may read --------------------------------------------------------
-- The columns of every table but those that say who somebody is, where they were, or that let somebody in. A privilege
-- on a whole table would include its secrets, and one by default those of every table to come, so columns are granted
-- one by one: now, and by an event trigger as soon as the owner makes or changes a table.
-- Row-level security still lets it see nothing private until it says: SET app.current_user_id = 'everything'.
CREATE SCHEMA IF NOT EXISTS readable AUTHORIZATION CURRENT_USER;
REVOKE ALL ON SCHEMA readable FROM PUBLIC;

CREATE OR REPLACE FUNCTION readable.is_private(kin regclass, attribute name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        -- lets somebody in
        attribute ~ '(password|secret|token|session|_key$|^key$|friend_code)'
        -- says who somebody is
        OR attribute ~ '(e_?mail|phone|address|last_login|^ip|device|user_agent)'
        -- says where somebody was
        OR attribute ~ '(latitude|longitude|^lat$|^lon$|^lng$|accuracy|place_name|location|geom|coordinate)'
        -- what people wrote or gave, and what may repeat it
        OR attribute ~ '(notes?$|^bio$|original|filename|sha256|embedding|arguments|^error|message|^answer$|verbatim)'
        OR kin::text IN ('public.django_session', 'public.dex_import_rows')
$$;

CREATE OR REPLACE FUNCTION readable.grant_on(kin regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    readable_columns text;
BEGIN
    EXECUTE format('REVOKE ALL ON %s FROM biologidex_readonly', kin);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO readable_columns
    FROM pg_attribute
    WHERE attrelid = kin AND attnum > 0 AND NOT attisdropped AND NOT readable.is_private(kin, attname);
    IF readable_columns IS NOT NULL THEN
        EXECUTE format('GRANT SELECT (%s) ON %s TO biologidex_readonly', readable_columns, kin);
    END IF;
END $$;

-- What programs may do to all tables is taken back on the audit trail: nobody changes a line. That they delete old ones
-- alone is held by the trigger on it, for everybody.
CREATE OR REPLACE FUNCTION readable.bind_audit_trail() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('public.audit_trail') IS NOT NULL THEN
        REVOKE UPDATE, TRUNCATE ON public.audit_trail FROM biologidex_app, biologidex_worker;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION readable.after_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM readable.grant_on(objid::regclass)
    FROM (SELECT DISTINCT objid FROM pg_event_trigger_ddl_commands()
          WHERE classid = 'pg_class'::regclass AND schema_name = 'public') AS made
    JOIN pg_class ON pg_class.oid = objid
    WHERE relkind IN ('r', 'p');
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE objid = to_regclass('public.audit_trail')) THEN
        PERFORM readable.bind_audit_trail();
    END IF;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA readable FROM PUBLIC;

DROP EVENT TRIGGER IF EXISTS readable_columns;
CREATE EVENT TRIGGER readable_columns ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
    EXECUTE FUNCTION readable.after_ddl();

SELECT readable.grant_on(pg_class.oid)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
\g /dev/null
SELECT readable.bind_audit_trail()
\g /dev/null
