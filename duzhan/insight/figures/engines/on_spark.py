"""Spark: as many machines as there are; extra `spark`.

Where the cluster is, is said in Spark's own way (`SPARK_CONF_DIR`, `PYSPARK_SUBMIT_ARGS`); otherwise it is this machine.
"""

import logging
import os
import shutil
from contextlib import contextmanager

from django.utils.translation import gettext as _

from duzhan.base.errors import NotFound
from duzhan.base.extras import extra

from .kept import not_counted

SETTINGS = {
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@contextmanager
def asking(files):
    """Within the block, a function that answers statements over the events in these Parquet files."""
    errors, protocol = extra("pyspark.errors", "spark"), extra("py4j.protocol", "spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NotFound(_("这里没有 Java；Spark 需要 Java 17。"))
    try:
        with _session() as session:
            session.read.parquet(*files).createOrReplaceTempView("events")
            yield lambda statement, values: [tuple(row) for row in session.sql(statement, args=values).collect()]
    except (errors.PySparkException, protocol.Py4JError) as error:
        raise not_counted("Spark", error) from error


@contextmanager
def _session():
    logging.getLogger("py4j").setLevel(logging.WARNING)
    builder = extra("pyspark.sql", "spark").SparkSession.builder.appName("duzhan")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
