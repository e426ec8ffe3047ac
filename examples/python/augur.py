"""The little of Augur's API that these examples need: HTTP and GraphQL, with nothing but Python's own library and numpy."""

import base64
import hashlib
import json
import os
import urllib.error
import urllib.request

import numpy

URL = os.environ.get("AUGUR_URL", "http://127.0.0.1:8080")


def graphql(query, **variables):
    """Returns the data of an operation; raises where the answer has an error of any kind."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(URL + "/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
    if answer.get("errors"):
        raise RuntimeError(answer["errors"])
    for name, payload in answer["data"].items():
        wrong = payload.get("userErrors") if isinstance(payload, dict) else None
        if wrong:
            raise RuntimeError(f"{name}: {wrong}")
    return answer["data"]


def upload(path):
    """Uploads a file and returns its digest. What is there already is not sent again."""
    with open(path, "rb") as file:
        digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    url = f"{URL}/artifacts/{digest}"
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD")).close()
        return digest
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
    with open(path, "rb") as file:
        size = str(os.path.getsize(path))
        urllib.request.urlopen(urllib.request.Request(url, file, {"Content-Length": size}, method="PUT")).close()
    return digest


def create(model, **more):
    """Creates a model, unless it is there."""
    if graphql("query($name: String!) { model(name: $name) { id } }", name=model)["model"] is None:
        graphql(
            "mutation($input: ModelCreateInput!) { modelCreate(input: $input) { userErrors { code message field } } }",
            input={"name": model, **more},
        )


def register(model, version, path, **more):
    """Uploads a file and registers it; returns the version's id. Doing it again changes nothing."""
    data = graphql(
        """mutation($input: ModelVersionCreateInput!) {
          modelVersionCreate(input: $input) { created modelVersion { id } userErrors { code message field } }
        }""",
        input={"model": model, "version": version, "digest": upload(path), **more},
    )
    return data["modelVersionCreate"]["modelVersion"]["id"]


def log(version_id, points):
    """Logs points of metrics, 10,000 a call. They carry their time, so that a call may be repeated."""
    for at in range(0, len(points), 10_000):
        graphql(
            "mutation($input: MetricsLogInput!) { metricsLog(input: $input) { accepted duplicates userErrors { code message field } } }",
            input={"versionId": version_id, "points": points[at : at + 10_000]},
        )


def rows(model, rows):
    """Predicts rows, features by name, with the live version; returns an object for each."""
    data = graphql(
        """mutation($input: PredictInput!) {
          predict(input: $input) { prediction { values } userErrors { code message field } }
        }""",
        input={"model": model, "data": {"rows": rows}},
    )
    return data["predict"]["prediction"]["values"]


def predict(model, version, name, tensor, output):
    """Predicts a numpy matrix, past the cache; returns the values of an output and the milliseconds that the model ran."""
    matrix = numpy.ascontiguousarray(tensor, dtype="<f4")
    data = graphql(
        """mutation($input: PredictInput!) {
          predict(input: $input) { prediction { outputs { name data } timing { runMs } } userErrors { code message field } }
        }""",
        input={
            "model": model,
            "version": version,
            "outputs": [output],
            "options": {"cache": "BYPASS"},
            "data": {
                "tensors": [
                    {
                        "name": name,
                        "dtype": "FLOAT32",
                        "shape": list(matrix.shape),
                        "data": base64.b64encode(matrix.tobytes()).decode(),
                    }
                ]
            },
        },
    )
    prediction = data["predict"]["prediction"]
    return numpy.array(prediction["outputs"][0]["data"]), prediction["timing"]["runMs"]
