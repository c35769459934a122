-- As the superuser, once: sudo -u postgres psql -f deploy/postgresql/roles.sql
-- psql asks for the two passwords and sends them already hashed; they stand in no file and no log.
CREATE ROLE kotim_owner LOGIN NOSUPERUSER CREATEDB;  -- CREATEDB: backups are checked by restoring
CREATE ROLE kotim_app   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT kotim_app TO kotim_owner;
ALTER ROLE kotim_owner SET timezone = 'Asia/Jakarta';
ALTER ROLE kotim_app   SET timezone = 'Asia/Jakarta';
CREATE DATABASE kotim OWNER kotim_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE kotim FROM PUBLIC;
GRANT CONNECT ON DATABASE kotim TO kotim_app;
\connect kotim
ALTER SCHEMA public OWNER TO kotim_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
\password kotim_owner
\password kotim_app
