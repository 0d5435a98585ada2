"""The history in MySQL or MariaDB: connections, migrations, accounts, the sink and the questions asked of it."""
