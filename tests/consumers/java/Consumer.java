// Tells the shared scenario with a client made from the spec by openapi-generator, and prints the transcript.
//   java Consumer SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jsms.ApiClient;
import jsms.ApiException;
import jsms.ApiResponse;
import jsms.api.AccountsApi;
import jsms.api.CodesApi;
import jsms.api.MessagesApi;
import jsms.api.ReportsApi;
import jsms.api.SchedulesApi;
import jsms.api.TemplatesApi;
import jsms.model.ErrorDetail;
import jsms.model.ErrorEnvelope;
import jsms.model.ScheduleBatchRequest;
import jsms.model.ScheduleRequest;
import jsms.model.SendCodeRequest;
import jsms.model.SendMessageBatchRequest;
import jsms.model.SendMessageRequest;
import jsms.model.SendVoiceCodeRequest;
import jsms.model.TemplateRequest;
import jsms.model.VerificationRefusal;
import jsms.model.VerifyCodeRequest;

public final class Consumer {
  private static final Pattern SAVED_NAME = Pattern.compile("\\$(\\w+)");

  private record Told(int status, JsonNode answer, ErrorDetail refusal) {}

  private final String origin;
  private final Set<String> hidden = new HashSet<>();
  private final Map<String, JsonNode> saved = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiClient app = clientFor("JSMS_APP_KEY", System.getenv("JSMS_MASTER_SECRET"));
  private final ApiClient stranger = clientFor("JSMS_APP_KEY", "wrong");
  private final ApiClient account = clientFor("JSMS_DEV_KEY", System.getenv("JSMS_DEV_SECRET"));
  private final ObjectMapper mapper = app.getObjectMapper();

  private Consumer(String origin) {
    this.origin = origin;
    for (ApiClient client : List.of(app, stranger, account)) {
      client.updateBaseUri(origin + "/v1");
    }
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode story = new ObjectMapper().readTree(Files.readString(Path.of(arguments[0])));
    Consumer consumer = new Consumer(arguments[1]);
    story.get("hidden").forEach(name -> consumer.hidden.add(name.asText()));
    System.exit(consumer.tell(story.get("steps")));
  }

  private static ApiClient clientFor(String key, String secret) {
    String pair = System.getenv(key) + ":" + secret;
    String header = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    ApiClient client = new ApiClient();
    client.setRequestInterceptor(request -> request.header("Authorization", header));
    return client;
  }

  private int tell(JsonNode steps) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int failures = 0;
    for (int index = 0; index < steps.size(); index++) {
      JsonNode step = steps.get(index);
      Told told = step.has("control") ? control(step) : call(step);
      step.path("save").fields().forEachRemaining(field -> saved.put(field.getValue().asText(), told.answer().get(field.getKey())));
      String mark = "";
      if (step.has("expect")) {
        int code = told.refusal() == null ? 0 : told.refusal().getCode();
        if (step.at("/expect/status").asInt() != told.status() || step.at("/expect/code").asInt() != code) {
          failures++;
          mark = " UNEXPECTED";
        }
      }
      out.printf("%02d %s: %s%s\n", index + 1, step.get("say").asText(), line(step, told), mark);
    }
    out.print(failures == 0 ? "all " + steps.size() + " steps as expected\n" : failures + " steps not as expected\n");
    return failures == 0 ? 0 : 1;
  }

  /** Puts saved values in the place of $names. */
  private JsonNode filled(JsonNode value) {
    if (value.isTextual() && value.asText().startsWith("$")) {
      return saved.get(value.asText().substring(1));
    }
    if (value instanceof ArrayNode list) {
      ArrayNode copy = mapper.createArrayNode();
      list.forEach(inner -> copy.add(filled(inner)));
      return copy;
    }
    if (value instanceof ObjectNode object) {
      ObjectNode copy = mapper.createObjectNode();
      object.fields().forEachRemaining(field -> copy.set(field.getKey(), filled(field.getValue())));
      return copy;
    }
    return value;
  }

  private <T> T body(JsonNode step, Class<T> type) {
    return mapper.convertValue(filled(step.get("body")), type);
  }

  private String id(JsonNode step, String name) {
    return filled(step.get("path").get(name)).asText();
  }

  private Told call(JsonNode step) throws Exception {
    ApiClient client = step.has("wrong_secret") ? stranger : app;
    String operation = step.get("operation").asText();
    try {
      ApiResponse<?> response =
          switch (operation) {
            case "sendCode" -> new CodesApi(client).sendCodeWithHttpInfo(body(step, SendCodeRequest.class));
            case "sendVoiceCode" -> new CodesApi(client).sendVoiceCodeWithHttpInfo(body(step, SendVoiceCodeRequest.class));
            case "verifyCode" -> new CodesApi(client).verifyCodeWithHttpInfo(id(step, "msg_id"), body(step, VerifyCodeRequest.class));
            case "sendMessage" -> new MessagesApi(client).sendMessageWithHttpInfo(body(step, SendMessageRequest.class));
            case "sendMessageBatch" -> new MessagesApi(client).sendMessageBatchWithHttpInfo(body(step, SendMessageBatchRequest.class));
            case "createTemplate" -> new TemplatesApi(client).createTemplateWithHttpInfo(body(step, TemplateRequest.class));
            case "getTemplate" -> new TemplatesApi(client).getTemplateWithHttpInfo(Long.valueOf(id(step, "temp_id")));
            case "createSchedule" -> new SchedulesApi(client).createScheduleWithHttpInfo(body(step, ScheduleRequest.class));
            case "createScheduleBatch" -> new SchedulesApi(client).createScheduleBatchWithHttpInfo(body(step, ScheduleBatchRequest.class));
            case "getSchedule" -> new SchedulesApi(client).getScheduleWithHttpInfo(id(step, "schedule_id"));
            case "updateSchedule" -> new SchedulesApi(client).updateScheduleWithHttpInfo(id(step, "schedule_id"), body(step, ScheduleRequest.class));
            case "deleteSchedule" -> new SchedulesApi(client).deleteScheduleWithHttpInfo(id(step, "schedule_id"));
            case "getAppBalance" -> new AccountsApi(client).getAppBalanceWithHttpInfo();
            case "getAccountBalance" -> new AccountsApi(account).getAccountBalanceWithHttpInfo();
            case "pullReplies" -> new ReportsApi(client).pullRepliesWithHttpInfo();
            case "pullReports" -> new ReportsApi(client).pullReportsWithHttpInfo();
            default -> throw new IllegalArgumentException("no way to call " + operation);
          };
      JsonNode answer = response.getData() == null ? null : mapper.readTree(mapper.writeValueAsString(response.getData()));
      return new Told(response.getStatusCode(), answer, null);
    } catch (ApiException refused) {
      ErrorDetail detail =
          operation.equals("verifyCode")
              ? mapper.readValue(refused.getResponseBody(), VerificationRefusal.class).getError()
              : mapper.readValue(refused.getResponseBody(), ErrorEnvelope.class).getError();
      return new Told(refused.getCode(), null, detail);
    }
  }

  private Told control(JsonNode step) throws Exception {
    String[] parts = step.get("control").asText().split(" ", 2);
    Matcher names = SAVED_NAME.matcher(parts[1]);
    String target = names.replaceAll(found -> saved.get(found.group(1)).asText());
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + target));
    if (step.has("body")) {
      request.header("Content-Type", "application/json");
      request.method(parts[0], HttpRequest.BodyPublishers.ofString(filled(step.get("body")).toString()));
    } else {
      request.method(parts[0], HttpRequest.BodyPublishers.noBody());
    }
    HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(step.get("control") + ": " + response.statusCode() + " " + response.body());
    }
    return new Told(response.statusCode(), response.body().isEmpty() ? null : mapper.readTree(response.body()), null);
  }

  private String line(JsonNode step, Told told) throws Exception {
    if (step.has("control")) {
      return "done";
    }
    String head = step.get("operation").asText() + " " + told.status();
    if (told.refusal() != null) {
      return head + " " + told.refusal().getCode();
    }
    if (told.answer() == null) {
      return head;
    }
    JsonNode shown = told.answer();
    if (step.has("show")) {
      ObjectNode fields = mapper.createObjectNode();
      step.get("show").forEach(name -> fields.set(name.asText(), told.answer().get(name.asText())));
      shown = fields;
    }
    return head + " " + canonical(shown, "");
  }

  /** Writes JSON with sorted keys and no spaces; ids, which differ from run to run, as their type. */
  private String canonical(JsonNode value, String name) throws Exception {
    if (hidden.contains(name)) {
      return value.isTextual() ? "\"<text>\"" : "\"<number>\"";
    }
    List<String> parts = new ArrayList<>();
    if (value.isArray()) {
      for (JsonNode inner : value) {
        parts.add(canonical(inner, ""));
      }
      return "[" + String.join(",", parts) + "]";
    }
    if (value.isObject()) {
      TreeSet<String> keys = new TreeSet<>();
      value.fieldNames().forEachRemaining(keys::add);
      for (String key : keys) {
        parts.add(mapper.writeValueAsString(key) + ":" + canonical(value.get(key), key));
      }
      return "{" + String.join(",", parts) + "}";
    }
    return mapper.writeValueAsString(value);
  }
}
