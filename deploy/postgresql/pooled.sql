-- With a pooler in transaction mode (DATABASE_POOLED=on), as the superuser, once. The program cannot
-- say its limits when it connects, for the next statement may go out on another connection.
ALTER ROLE kotim_app SET timezone = 'Asia/Jakarta';
ALTER ROLE kotim_app SET lock_timeout = '5s';
ALTER ROLE kotim_app SET statement_timeout = '30s';
ALTER ROLE kotim_app SET work_mem = '32MB';
ALTER ROLE kotim_app SET jit = off;
