"""Spark: as many machines as there are (LIBRARIES: extra `spark`).

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


@contextmanager
def asking(files):
    """Within the block, a function that answers statements over the events in these Parquet files."""
    sql = extra("pyspark.sql", "spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NotFound(_("这里没有 Java；Spark 需要 Java 17。"))
    logging.getLogger("py4j").setLevel(logging.WARNING)
    session = (
        sql.SparkSession.builder.appName("duzhan")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.log.level", "ERROR")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    try:
        session.read.parquet(*files).createOrReplaceTempView("events")
        yield lambda statement, values: [tuple(row) for row in session.sql(statement, args=values).collect()]
    except (extra("pyspark.errors", "spark").PySparkException, extra("py4j.protocol", "spark").Py4JError) as error:
        raise not_counted("Spark", error) from error
    finally:
        session.stop()
