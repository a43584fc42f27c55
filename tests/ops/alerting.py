"""Every alert of deploy/prometheus/rules: what makes it fire, and what must not.

Series are written as promtool does (`0+60x30`: 0, 60, 120 ... thirty more), a value a minute.
"""

from dataclasses import dataclass

Series = dict[str, str]


@dataclass(frozen=True)
class Case:
    """At minute `at` it fires with the one and not with the other. It does not fire at the first minute."""

    fires: Series
    quiet: Series
    at: int = 10
    at_once: bool = False


def flag(series: str, *, bad: int = 0, at: int = 10) -> Case:
    """A number that is 1 when all is well (or 0, if `bad` is 1)."""
    return Case({series: f"{bad}+0x{at}"}, {series: f"{1 - bad}+0x{at}"}, at=at)


def level(series: str, bad: float, good: float, *, beside: Series | None = None, at: int = 20) -> Case:
    """A number that is too high or too low."""
    more = beside or {}
    return Case({series: f"{bad}+0x{at}", **more}, {series: f"{good}+0x{at}", **more}, at=at)


def requests(failed: str, fine: str, *, at: int) -> Series:
    get = 'method="GET",endpoint="/api/v1/animals/"'
    return {
        f'api_requests_total{{{get},status="500"}}': f"{failed}x{at}",
        f'api_requests_total{{{get},status="200"}}': f"{fine}x{at}",
        # What asks for the server's health is nobody whom it fails.
        'api_requests_total{method="GET",endpoint="/ready/",status="503"}': f"0+60x{at}",
    }


def durations(method: str, line: str, slow_line: str, *, slow: bool) -> Series:
    """All requests end below one line, or all below the next one."""
    labels = f'method="{method}",endpoint="/api/v1/dex/entries/"'
    series = "api_request_duration_seconds_bucket"
    return {
        f'{series}{{{labels},le="{line}"}}': "0+0x30" if slow else "0+60x30",
        f'{series}{{{labels},le="{slow_line}"}}': "0+60x30",
        f'{series}{{{labels},le="+Inf"}}': "0+60x30",
        f'api_requests_total{{{labels},status="200"}}': "0+60x30",
    }


def attempts(dead: str, done: str = "0+10x60") -> Series:
    name = 'task_name="vision.identify_photo"'
    return {
        f'jobs_total{{{name},outcome="dead"}}': f"{dead}x90",
        f'jobs_total{{{name},outcome="done"}}': f"{done}",
    }


def identified(*, slow: bool) -> Series:
    name = 'task_name="vision.identify_photo"'
    return {
        f'job_duration_seconds_bucket{{{name},le="30.0"}}': "0+0x60" if slow else "0+5x60",
        f'job_duration_seconds_bucket{{{name},le="60.0"}}': "0+5x60",
        f'job_duration_seconds_bucket{{{name},le="+Inf"}}': "0+5x60",
        f"job_duration_seconds_count{{{name}}}": "0+5x60",
    }


def disk(name: str, amount: str, size: str = "100e9+0x800", *, kind: str = "ext4") -> Series:
    labels = f'fstype="{kind}",mountpoint="/",instance="a"'
    sizes = {"avail_bytes": "size_bytes", "files_free": "files"}
    return {
        f"node_filesystem_{name}{{{labels}}}": amount,
        f"node_filesystem_{sizes[name]}{{{labels}}}": size,
    }


IDLE = 'node_cpu_seconds_total{mode="idle",cpu="0",instance="a"}'
DONE_DAILY = 'daily_work_done_timestamp_seconds{task_name="media.sweep_orphans"}'
HOURS = 3600

CASES = {
    # --- requests ---
    "FrontDoorDown": flag('probe_success{job="front-door",instance="a"}'),
    "InstanceDown": flag('up{job="biologidex",instance="live"}'),
    "RequestsFail": Case(requests("0+3", "0+57", at=70), requests("0+0.5", "0+59.5", at=70), at=65),
    "RequestsFailSlowly": Case(requests("0+0.5", "0+59.5", at=50), requests("0+0.1", "0+59.9", at=50), at=45),
    "ReadsSlow": Case(
        durations("GET", "0.3", "0.4", slow=True), durations("GET", "0.3", "0.4", slow=False), at=30
    ),
    "WritesSlow": Case(
        durations("POST", "0.5", "0.75", slow=True), durations("POST", "0.5", "0.75", slow=False), at=30
    ),
    "PeopleHeldBack": Case(
        {'api_requests_total{status="429",endpoint="/"}': "0+120x40"},
        {'api_requests_total{status="429",endpoint="/"}': "0+6x40"},
        at=40,
    ),
    "SignInsRefused": Case(
        {'security_events_total{kind="wrong_password"}': "0+30x40"},
        {
            'security_events_total{kind="wrong_password"}': "0+3x40",
            'security_events_total{kind="too_many"}': "0+60x40",
        },
        at=40,
    ),
    "CertificateExpires": level(
        'probe_ssl_earliest_cert_expiry{instance="a"}', 10 * 86400, 30 * 86400, at=90
    ),
    # --- work ---
    "WorkersGone": flag("workers_alive"),
    "SchedulerGone": flag("schedulers_alive"),
    "WorkWaits": level("jobs_oldest_due_seconds", 400, 200),
    "WorkGivenUp": Case(
        {'jobs_total{task_name="a",outcome="dead"}': "_x20 1+0x20"},  # the very first one, too
        {
            'jobs_total{task_name="a",outcome="dead"}': "5+0x100",
            'jobs_total{task_name="a",outcome="done"}': "0+1x100",
        },
        at=40,
    ),
    "WorkersDie": Case(
        {'jobs_total{task_name="a",outcome="lost"}': "0+1x40"},
        {'jobs_total{task_name="a",outcome="lost"}': "0+0x20 3+0x20"},
        at=40,
    ),
    "DailyWorkMissed": level(DONE_DAILY, -28 * HOURS, -20 * HOURS, at=60),
    # --- database ---
    "DatabaseDown": flag("database_up"),
    "DatabaseWaits": level('health_check_seconds{check="database"}', 1.5, 0.2),
    "MigrationsPending": flag('health_check_ok{check="migrations"}', at=20),
    "ReplicaLags": level("replica_lag_seconds", 90, 5),
    "ReplicaGone": flag('health_check_ok{check="replica"}'),
    "ConnectionsShort": level(
        'pg_stat_activity_count{instance="a",state="idle"}',
        170,
        30,
        beside={'pg_settings_max_connections{instance="a",server="x"}': "200+0x20"},
    ),
    "TransactionHangs": level(
        'pg_stat_activity_max_tx_duration{datname="biologidex",state="idle"}', 1000, 600
    ),
    "Deadlocks": Case(
        {'pg_stat_database_deadlocks{datname="biologidex"}': "0+1x40"},
        {'pg_stat_database_deadlocks{datname="biologidex"}': "0+0x20 2+0x20"},
        at=40,
    ),
    # --- caches ---
    "BrokerDown": flag('redis_up{server="broker"}'),
    "CacheDown": flag('redis_up{server="cache"}'),
    "BrokerFull": level(
        'redis_memory_used_bytes{server="broker"}',
        220e6,
        100e6,
        beside={
            'redis_memory_max_bytes{server="broker"}': "256000000+0x20",
            # A cache is full: that is what it is for.
            'redis_memory_used_bytes{server="cache"}': "256000000+0x20",
            'redis_memory_max_bytes{server="cache"}': "256000000+0x20",
        },
    ),
    "CacheMisses": Case(
        {'cache_lookups_total{result="hit"}': "0+100x90", 'cache_lookups_total{result="miss"}': "0+900x90"},
        {'cache_lookups_total{result="hit"}': "0+900x90", 'cache_lookups_total{result="miss"}': "0+100x90"},
        at=80,
    ),
    # --- identification ---
    "IdentificationFails": Case(attempts("0+5", "0+10x90"), attempts("0+1", "0+10x90"), at=80),
    "IdentificationSlow": Case(identified(slow=True), identified(slow=False), at=50),
    "ProviderLeftAlone": flag('cv_circuit_open{provider="openai"}', bad=1, at=20),
    "BudgetNearlySpent": level("cv_budget_spent_usd", 9, 5, beside={"cv_budget_usd": "10+0x20"}),
    "BudgetSpent": Case(
        {'cv_budget_refusals_total{budget="server"}': "_x20 1+0x20"},
        {'cv_budget_refusals_total{budget="person"}': "_x20 1+0x20"},  # that is one person's share
        at=30,
    ),
    # --- host ---
    "DiskFull": Case(disk("avail_bytes", "4e9+0x20"), disk("avail_bytes", "20e9+0x20"), at=20),
    "DiskFills": Case(disk("avail_bytes", "29e9-50e6x70"), disk("avail_bytes", "29e9-1e6x70"), at=60),
    "DataDiskLow": flag('health_check_ok{check="disk"}'),
    "FilesRunOut": Case(
        disk("files_free", "1000+0x20", "100000+0x20"), disk("files_free", "50000+0x20", "100000+0x20"), at=20
    ),
    "StorageFails": flag('health_check_ok{check="storage"}'),
    "MemoryShort": level(
        'node_memory_MemAvailable_bytes{instance="a"}',
        100e6,
        900e6,
        beside={'node_memory_MemTotal_bytes{instance="a"}': "2000000000+0x20"},
    ),
    "MemoryRanOut": Case(
        {'node_vmstat_oom_kill{instance="a"}': "0+0x5 1+0x10"},
        {'node_vmstat_oom_kill{instance="a"}': "4+0x20"},
        at=10,
    ),
    "ProcessorBusy": Case({IDLE: "0+3x90"}, {IDLE: "0+30x90"}, at=80),
    "ClockWrong": flag('health_check_ok{check="clock"}'),
    "MachineRestarted": Case(
        {'node_boot_time_seconds{instance="a"}': "0+0x20"},
        {'node_boot_time_seconds{instance="a"}': "-5000+0x20"},
        at=5,
        at_once=True,
    ),
    # --- backups ---
    "BackupMissed": level(
        'backup_last_success_timestamp_seconds{part="database"}', -27 * HOURS, -10 * HOURS, at=60
    ),
    "BackupFails": flag("backup_last_attempt_failed", bad=1, at=20),
    "PhotosNotBackedUp": Case(
        {'backup_last_success_timestamp_seconds{part="media"}': "0+60x60 3600+0x150"},
        {'backup_last_success_timestamp_seconds{part="media"}': f"{-10 * HOURS}+0x210"},  # only at night
        at=210,
    ),
    "BackupUnproven": level("backup_last_verified_timestamp_seconds", -51 * HOURS, -30 * HOURS, at=60),
    "RestoreDrillFails": flag("backup_drill_last_attempt_failed", bad=1, at=20),
    "RestoreTooSlow": level("backup_rto_seconds", 2000, 300, beside={"backup_rpo_seconds": "60+0x60"}, at=60),
    "BackupShrank": Case(
        {'backup_size_bytes{part="media"}': "1e9+0x20 1e8+0x90"},
        {'backup_size_bytes{part="media"}': "1e9+0x20 8e8+0x90"},
        at=90,
    ),
    "ArchivingFails": Case(
        {"pg_stat_archiver_failed_count": "0+1x40"}, {"pg_stat_archiver_failed_count": "7+0x40"}, at=40
    ),
    "ArchiveOld": level(
        "pg_stat_archiver_last_archive_age",
        2000,
        100,
        beside={"pg_stat_archiver_archived_count": "5+0x30"},
        at=30,
    ),
    # --- monitoring ---
    "Watchdog": Case({}, {}, at=1, at_once=True),
    "ExporterDown": flag('up{job="postgres",instance="a"}', at=20),
    "ExporterBlind": flag('pg_up{job="postgres"}', at=20),
    "AlertsNotDelivered": Case(
        {'alertmanager_notifications_failed_total{integration="email"}': "0+1x40"},
        {'alertmanager_notifications_failed_total{integration="email"}': "3+0x40"},
        at=40,
    ),
    "RulesBroken": Case(
        {"prometheus_rule_evaluation_failures_total": "0+1x40"},
        {"prometheus_rule_evaluation_failures_total": "9+0x40"},
        at=40,
    ),
}


def instances(first: str = "1+0x10", second: str = "1+0x10", live: str = "1+0x10") -> Series:
    """What can be asked of the open side: two of web, one of live."""
    each = {("web", 1): first, ("web", 2): second, ("live", 3): live}
    return {
        f'up{{job="biologidex",role="{role}",instance="{instance}"}}': values
        for (role, instance), values in each.items()
    }


# Of some there is more than one way to fire. Who ended is not down for Prometheus, but not there.
MORE = [
    ("InstanceDown", Case(instances(second="1+0x2 stale"), instances())),
    ("InstanceDown", Case(instances(live="1+0x2 stale"), instances())),
    # Long after photos were last backed up, it is still told.
    (
        "PhotosNotBackedUp",
        Case(
            {'backup_last_success_timestamp_seconds{part="media"}': "0+60x60 3600+0x1560"},
            {},
            at=1600,
        ),
    ),
]
